var Xt=globalThis,te=Xt.ShadowRoot&&(Xt.ShadyCSS===void 0||Xt.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ms=Symbol(),Ts=new WeakMap,Qt=class{constructor(t,s,n){if(this._$cssResult$=!0,n!==Ms)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=s}get styleSheet(){let t=this.o,s=this.t;if(te&&t===void 0){let n=s!==void 0&&s.length===1;n&&(t=Ts.get(s)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&Ts.set(s,t))}return t}toString(){return this.cssText}},Ns=e=>new Qt(typeof e=="string"?e:e+"",void 0,Ms);var Os=(e,t)=>{if(te)e.adoptedStyleSheets=t.map(s=>s instanceof CSSStyleSheet?s:s.styleSheet);else for(let s of t){let n=document.createElement("style"),i=Xt.litNonce;i!==void 0&&n.setAttribute("nonce",i),n.textContent=s.cssText,e.appendChild(n)}},Ne=te?e=>e:e=>e instanceof CSSStyleSheet?(t=>{let s="";for(let n of t.cssRules)s+=n.cssText;return Ns(s)})(e):e;var{is:mi,defineProperty:$i,getOwnPropertyDescriptor:gi,getOwnPropertyNames:bi,getOwnPropertySymbols:vi,getPrototypeOf:yi}=Object,ee=globalThis,Rs=ee.trustedTypes,wi=Rs?Rs.emptyScript:"",ki=ee.reactiveElementPolyfillSupport,Dt=(e,t)=>e,Oe={toAttribute(e,t){switch(t){case Boolean:e=e?wi:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let s=e;switch(t){case Boolean:s=e!==null;break;case Number:s=e===null?null:Number(e);break;case Object:case Array:try{s=JSON.parse(e)}catch{s=null}}return s}},Ps=(e,t)=>!mi(e,t),Ls={attribute:!0,type:String,converter:Oe,reflect:!1,useDefault:!1,hasChanged:Ps};Symbol.metadata??=Symbol("metadata"),ee.litPropertyMetadata??=new WeakMap;var tt=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,s=Ls){if(s.state&&(s.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((s=Object.create(s)).wrapped=!0),this.elementProperties.set(t,s),!s.noAccessor){let n=Symbol(),i=this.getPropertyDescriptor(t,n,s);i!==void 0&&$i(this.prototype,t,i)}}static getPropertyDescriptor(t,s,n){let{get:i,set:o}=gi(this.prototype,t)??{get(){return this[s]},set(r){this[s]=r}};return{get:i,set(r){let a=i?.call(this);o?.call(this,r),this.requestUpdate(t,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Ls}static _$Ei(){if(this.hasOwnProperty(Dt("elementProperties")))return;let t=yi(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Dt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Dt("properties"))){let s=this.properties,n=[...bi(s),...vi(s)];for(let i of n)this.createProperty(i,s[i])}let t=this[Symbol.metadata];if(t!==null){let s=litPropertyMetadata.get(t);if(s!==void 0)for(let[n,i]of s)this.elementProperties.set(n,i)}this._$Eh=new Map;for(let[s,n]of this.elementProperties){let i=this._$Eu(s,n);i!==void 0&&this._$Eh.set(i,s)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let s=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let i of n)s.unshift(Ne(i))}else t!==void 0&&s.push(Ne(t));return s}static _$Eu(t,s){let n=s.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,s=this.constructor.elementProperties;for(let n of s.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Os(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,s,n){this._$AK(t,n)}_$ET(t,s){let n=this.constructor.elementProperties.get(t),i=this.constructor._$Eu(t,n);if(i!==void 0&&n.reflect===!0){let o=(n.converter?.toAttribute!==void 0?n.converter:Oe).toAttribute(s,n.type);this._$Em=t,o==null?this.removeAttribute(i):this.setAttribute(i,o),this._$Em=null}}_$AK(t,s){let n=this.constructor,i=n._$Eh.get(t);if(i!==void 0&&this._$Em!==i){let o=n.getPropertyOptions(i),r=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:Oe;this._$Em=i;let a=r.fromAttribute(s,o.type);this[i]=a??this._$Ej?.get(i)??a,this._$Em=null}}requestUpdate(t,s,n,i=!1,o){if(t!==void 0){let r=this.constructor;if(i===!1&&(o=this[t]),n??=r.getPropertyOptions(t),!((n.hasChanged??Ps)(o,s)||n.useDefault&&n.reflect&&o===this._$Ej?.get(t)&&!this.hasAttribute(r._$Eu(t,n))))return;this.C(t,s,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,s,{useDefault:n,reflect:i,wrapped:o},r){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,r??s??this[t]),o!==!0||r!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(s=void 0),this._$AL.set(t,s)),i===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(s){Promise.reject(s)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,o]of this._$Ep)this[i]=o;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[i,o]of n){let{wrapped:r}=o,a=this[i];r!==!0||this._$AL.has(i)||a===void 0||this.C(i,void 0,o,a)}}let t=!1,s=this._$AL;try{t=this.shouldUpdate(s),t?(this.willUpdate(s),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(s)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(s)}willUpdate(t){}_$AE(t){this._$EO?.forEach(s=>s.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(s=>this._$ET(s,this[s])),this._$EM()}updated(t){}firstUpdated(t){}};tt.elementStyles=[],tt.shadowRootOptions={mode:"open"},tt[Dt("elementProperties")]=new Map,tt[Dt("finalized")]=new Map,ki?.({ReactiveElement:tt}),(ee.reactiveElementVersions??=[]).push("2.1.2");var Le=globalThis,qs=e=>e,se=Le.trustedTypes,Us=se?se.createPolicy("lit-html",{createHTML:e=>e}):void 0,Pe="$lit$",et=`lit$${Math.random().toFixed(9).slice(2)}$`,qe="?"+et,Ai=`<${qe}>`,gt=document,Ht=()=>gt.createComment(""),Bt=e=>e===null||typeof e!="object"&&typeof e!="function",Ue=Array.isArray,Ws=e=>Ue(e)||typeof e?.[Symbol.iterator]=="function",Re=`[ 	
\f\r]`,zt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ds=/-->/g,zs=/>/g,mt=RegExp(`>|${Re}(?:([^\\s"'>=/]+)(${Re}*=${Re}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Hs=/'/g,Bs=/"/g,Ks=/^(?:script|style|textarea|title)$/i,De=e=>(t,...s)=>({_$litType$:e,strings:t,values:s}),l=De(1),U=De(2),_r=De(3),z=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),js=new WeakMap,$t=gt.createTreeWalker(gt,129);function Vs(e,t){if(!Ue(e)||!e.hasOwnProperty("raw"))throw Error("invalid template strings array");return Us!==void 0?Us.createHTML(t):t}var Fs=(e,t)=>{let s=e.length-1,n=[],i,o=t===2?"<svg>":t===3?"<math>":"",r=zt;for(let a=0;a<s;a++){let c=e[a],u,m,p=-1,g=0;for(;g<c.length&&(r.lastIndex=g,m=r.exec(c),m!==null);)g=r.lastIndex,r===zt?m[1]==="!--"?r=Ds:m[1]!==void 0?r=zs:m[2]!==void 0?(Ks.test(m[2])&&(i=RegExp("</"+m[2],"g")),r=mt):m[3]!==void 0&&(r=mt):r===mt?m[0]===">"?(r=i??zt,p=-1):m[1]===void 0?p=-2:(p=r.lastIndex-m[2].length,u=m[1],r=m[3]===void 0?mt:m[3]==='"'?Bs:Hs):r===Bs||r===Hs?r=mt:r===Ds||r===zs?r=zt:(r=mt,i=void 0);let b=r===mt&&e[a+1].startsWith("/>")?" ":"";o+=r===zt?c+Ai:p>=0?(n.push(u),c.slice(0,p)+Pe+c.slice(p)+et+b):c+et+(p===-2?a:b)}return[Vs(e,o+(e[s]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},jt=class e{constructor({strings:t,_$litType$:s},n){let i;this.parts=[];let o=0,r=0,a=t.length-1,c=this.parts,[u,m]=Fs(t,s);if(this.el=e.createElement(u,n),$t.currentNode=this.el.content,s===2||s===3){let p=this.el.content.firstChild;p.replaceWith(...p.childNodes)}for(;(i=$t.nextNode())!==null&&c.length<a;){if(i.nodeType===1){if(i.hasAttributes())for(let p of i.getAttributeNames())if(p.endsWith(Pe)){let g=m[r++],b=i.getAttribute(p).split(et),_=/([.?@])?(.*)/.exec(g);c.push({type:1,index:o,name:_[2],strings:b,ctor:_[1]==="."?ie:_[1]==="?"?oe:_[1]==="@"?re:vt}),i.removeAttribute(p)}else p.startsWith(et)&&(c.push({type:6,index:o}),i.removeAttribute(p));if(Ks.test(i.tagName)){let p=i.textContent.split(et),g=p.length-1;if(g>0){i.textContent=se?se.emptyScript:"";for(let b=0;b<g;b++)i.append(p[b],Ht()),$t.nextNode(),c.push({type:2,index:++o});i.append(p[g],Ht())}}}else if(i.nodeType===8)if(i.data===qe)c.push({type:2,index:o});else{let p=-1;for(;(p=i.data.indexOf(et,p+1))!==-1;)c.push({type:7,index:o}),p+=et.length-1}o++}}static createElement(t,s){let n=gt.createElement("template");return n.innerHTML=t,n}};function bt(e,t,s=e,n){if(t===z)return t;let i=n!==void 0?s._$Co?.[n]:s._$Cl,o=Bt(t)?void 0:t._$litDirective$;return i?.constructor!==o&&(i?._$AO?.(!1),o===void 0?i=void 0:(i=new o(e),i._$AT(e,s,n)),n!==void 0?(s._$Co??=[])[n]=i:s._$Cl=i),i!==void 0&&(t=bt(e,i._$AS(e,t.values),i,n)),t}var ne=class{constructor(t,s){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=s}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:s},parts:n}=this._$AD,i=(t?.creationScope??gt).importNode(s,!0);$t.currentNode=i;let o=$t.nextNode(),r=0,a=0,c=n[0];for(;c!==void 0;){if(r===c.index){let u;c.type===2?u=new Et(o,o.nextSibling,this,t):c.type===1?u=new c.ctor(o,c.name,c.strings,this,t):c.type===6&&(u=new ae(o,this,t)),this._$AV.push(u),c=n[++a]}r!==c?.index&&(o=$t.nextNode(),r++)}return $t.currentNode=gt,i}p(t){let s=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,s),s+=n.strings.length-2):n._$AI(t[s])),s++}},Et=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,s,n,i){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=t,this._$AB=s,this._$AM=n,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,s=this._$AM;return s!==void 0&&t?.nodeType===11&&(t=s.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,s=this){t=bt(this,t,s),Bt(t)?t===d||t==null||t===""?(this._$AH!==d&&this._$AR(),this._$AH=d):t!==this._$AH&&t!==z&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Ws(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==d&&Bt(this._$AH)?this._$AA.nextSibling.data=t:this.T(gt.createTextNode(t)),this._$AH=t}$(t){let{values:s,_$litType$:n}=t,i=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=jt.createElement(Vs(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===i)this._$AH.p(s);else{let o=new ne(i,this),r=o.u(this.options);o.p(s),this.T(r),this._$AH=o}}_$AC(t){let s=js.get(t.strings);return s===void 0&&js.set(t.strings,s=new jt(t)),s}k(t){Ue(this._$AH)||(this._$AH=[],this._$AR());let s=this._$AH,n,i=0;for(let o of t)i===s.length?s.push(n=new e(this.O(Ht()),this.O(Ht()),this,this.options)):n=s[i],n._$AI(o),i++;i<s.length&&(this._$AR(n&&n._$AB.nextSibling,i),s.length=i)}_$AR(t=this._$AA.nextSibling,s){for(this._$AP?.(!1,!0,s);t!==this._$AB;){let n=qs(t).nextSibling;qs(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},vt=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,s,n,i,o){this.type=1,this._$AH=d,this._$AN=void 0,this.element=t,this.name=s,this._$AM=i,this.options=o,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=d}_$AI(t,s=this,n,i){let o=this.strings,r=!1;if(o===void 0)t=bt(this,t,s,0),r=!Bt(t)||t!==this._$AH&&t!==z,r&&(this._$AH=t);else{let a=t,c,u;for(t=o[0],c=0;c<o.length-1;c++)u=bt(this,a[n+c],s,c),u===z&&(u=this._$AH[c]),r||=!Bt(u)||u!==this._$AH[c],u===d?t=d:t!==d&&(t+=(u??"")+o[c+1]),this._$AH[c]=u}r&&!i&&this.j(t)}j(t){t===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},ie=class extends vt{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===d?void 0:t}},oe=class extends vt{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==d)}},re=class extends vt{constructor(t,s,n,i,o){super(t,s,n,i,o),this.type=5}_$AI(t,s=this){if((t=bt(this,t,s,0)??d)===z)return;let n=this._$AH,i=t===d&&n!==d||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,o=t!==d&&(n===d||i);i&&this.element.removeEventListener(this.name,this,n),o&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},ae=class{constructor(t,s,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=s,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){bt(this,t)}},Zs={M:Pe,P:et,A:qe,C:1,L:Fs,R:ne,D:Ws,V:bt,I:Et,H:vt,N:oe,U:re,B:ie,F:ae},xi=Le.litHtmlPolyfillSupport;xi?.(jt,Et),(Le.litHtmlVersions??=[]).push("3.3.3");var Ys=(e,t,s)=>{let n=s?.renderBefore??t,i=n._$litPart$;if(i===void 0){let o=s?.renderBefore??null;n._$litPart$=i=new Et(t.insertBefore(Ht(),o),o,void 0,s??{})}return i._$AI(e),i};var ze=globalThis,S=class extends tt{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let s=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Ys(s,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return z}};S._$litElement$=!0,S.finalized=!0,ze.litElementHydrateSupport?.({LitElement:S});var Si=ze.litElementPolyfillSupport;Si?.({LitElement:S});(ze.litElementVersions??=[]).push("4.2.2");var Gs={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},_t=e=>(...t)=>({_$litDirective$:e,values:t}),lt=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,s,n){this._$Ct=t,this._$AM=s,this._$Ci=n}_$AS(t,s){return this.update(t,s)}update(t,s){return this.render(...s)}};var{I:Ei}=Zs,Js=e=>e;var Xs=()=>document.createComment(""),Ct=(e,t,s)=>{let n=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(s===void 0){let o=n.insertBefore(Xs(),i),r=n.insertBefore(Xs(),i);s=new Ei(o,r,e,e.options)}else{let o=s._$AB.nextSibling,r=s._$AM,a=r!==e;if(a){let c;s._$AQ?.(e),s._$AM=e,s._$AP!==void 0&&(c=e._$AU)!==r._$AU&&s._$AP(c)}if(o!==i||a){let c=s._$AA;for(;c!==o;){let u=Js(c).nextSibling;Js(n).insertBefore(c,i),c=u}}}return s},ct=(e,t,s=e)=>(e._$AI(t,s),e),_i={},le=(e,t=_i)=>e._$AH=t,Qs=e=>e._$AH,ce=e=>{e._$AR(),e._$AA.remove()};var tn=_t(class extends lt{constructor(){super(...arguments),this.key=d}render(e,t){return this.key=e,t}update(e,[t,s]){return t!==this.key&&(le(e),this.key=t),s}});function Ci(e){let[t,s=""]=e.replace(/^#\/?/,"").split(/\?(.*)/s),n=t.split("/").filter(Boolean).map(Ii),{at:i,...o}=Object.fromEntries(new URLSearchParams(s));if(i===void 0)return{...en(n),query:o};if(Number.isNaN(Date.parse(i))){let r=`at=${i} is not an instant. Write it like 2026-11-10T09:00:00Z.`;return{view:"lost",args:n,query:o,reason:r}}return{...en(n),query:{...o,at:i}}}function en([e,...t]){let s={tasks:[0,2],ips:[1],subnets:[0,1],services:[2],enis:[1],status:[0]};if(e===void 0)return{view:"tasks",args:[]};if(!s[e]?.includes(t.length))return{view:"lost",args:[e,...t]};let n={tasks:"task",subnets:"subnet",ips:"address",services:"service",enis:"eni"};return{view:t.length?n[e]:e,args:t}}function Ii(e){try{return decodeURIComponent(e)}catch{return e}}function C(e,t={}){let s=Object.entries({zone:he().query.zone,...t}).filter(([,i])=>i),n=new URLSearchParams(s).toString();return`#/${e.map(encodeURIComponent).join("/")}${n?`?${n}`:""}`}var he=()=>Ci(location.hash);function sn(e){location.hash=e}function k(e){let{query:t}=he(),s=location.hash.replace(/^#\/?/,"").split("?")[0],n=new URLSearchParams(Object.entries({...t,...e}).filter(([,i])=>i)).toString();history.replaceState(null,"",`#/${s}${n?`?${n}`:""}`),window.dispatchEvent(new HashChangeEvent("hashchange"))}var D=(e,t)=>C(["ips",e],t),M=(e,t)=>C(["tasks",e.cluster,e.taskId],t),H=(e,t)=>C(["subnets",e],t),ht=(e,t,s)=>C(["services",e,t],s);var Ti=/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;function f(e){return String(e).replace(Ti,t=>{let s=t.codePointAt(0).toString(16);return s.length>4?`\\u{${s}}`:`\\u${s.padStart(4,"0")}`})}function x(e){return e==null||e===""?l`<span class="none">–</span>`:l`<bdi>${f(e)}</bdi>`}function N(e){return f(e.length>12?e.slice(0,8):e)}var v=e=>e.toLocaleString("en");function ue(e,t){let s=100*e/t;return e>0&&s<1?"under 1%":`${e<t?Math.min(99,Math.round(s)):100}%`}function I(e,t,s=`${t}s`){return`${v(e)} ${e===1?t:s}`}function P(e){return e.service??e.group??"no service"}var Mi=Date.UTC(1970),nn=new Map([...Wt(1e3,"s sec secs second seconds"),...Wt(6e4,"m min mins minute minutes"),...Wt(60*6e4,"h hr hrs hour hours"),...Wt(864e5,"d day days"),...Wt(7*864e5,"w week weeks")]);function Wt(e,t){return t.split(" ").map(s=>[s,e])}var He=!1,on=0;function rn(e){He=e==="utc"}function yt(){return He?"UTC":Intl.DateTimeFormat().resolvedOptions().timeZone}function an(e){let t=Date.parse(e)-Date.now();Number.isFinite(t)&&(on=Math.abs(t)>2e3?t:0)}var $=()=>Date.now()+on,y=e=>new Date(e).toISOString(),h=e=>e===null?null:Date.parse(e);function st(e){let t=new Date(e-Kt(e)*6e4).toISOString();return{day:t.slice(0,10),clock:t.slice(11,19),fraction:t.slice(19,23)}}function Kt(e){return He?0:new Date(e).getTimezoneOffset()}function B(e){let{day:t,clock:s}=st(e);return`${t} ${s}`}function A(e){let{day:t,clock:s}=st(e);return t===st($()).day?s:t===st($()-864e5).day?`yesterday ${s}`:`${t} ${s}`}function ln(e){let[t,s]=A(e).split(" ").reverse();return s?s==="yesterday"?`yesterday at ${t}`:`on ${s} at ${t}`:`at ${t}`}function j(e){let t=Math.max(0,Math.round(e/1e3));if(e<950&&e>0)return`${Math.round(e)} ms`;let s=[["d",Math.floor(t/86400)],["h",Math.floor(t/3600)%24],["min",Math.floor(t/60)%60],["s",t%60]],n=s.findIndex(([,i])=>i>0);return n<0?"0 s":s.slice(n,n+2).filter(([,i])=>i>0).map(([i,o])=>`${o} ${i}`).join(" ")}var W=e=>$()-e<1e3?"just now":`${j($()-e)} ago`;function cn(e){let t=[...hn(e)];if(!t.length)throw new Error("There is no such time.");if(t.length>1){let s=t.map(n=>`${y(n).slice(0,19)}Z`).join(" or ");throw new Error(`The clocks showed that time twice: write ${s}.`)}return t[0]}function hn(e){let n=[-1,1].map(i=>Kt(e+i*864e5)).map(i=>e+i*6e4).filter(i=>i-Kt(i)*6e4===e);return new Set(n.sort((i,o)=>i-o))}var Ni=/^\d{1,16}(\.\d{1,9})?$/,Oi=1e11,Ri=/^-?((?:\d{1,9}\s*[a-z]+\s*)+)$/,Li=/^(\d{4})-(\d\d)-(\d\d)[t ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(z|utc|[+-]\d\d(?::?\d\d)?)?$/,Pi=/^(?:(today|yesterday) )?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?$/,qi=9;function Ui(e){if(e===""||e==="now")return null;if(Ni.test(e))return Math.floor(Number(e)*(Number(e)<Oi?1e3:1));let t=Di(e);if(t!==null)return $()-t;let s=Li.exec(e);if(s)return zi(s);let n=Pi.exec(e);if(n)return Hi(n);throw/^\d{4}-\d\d-\d\d$/.test(e)?new Error("Add a time of day to the date: 03:12."):un(e)!==null?new Error(`Say “${e} ago” or “-${e}”.`):new Error("Write a time like 03:12, 10m ago, or 2026-11-22 03:12.")}function Di(e){return!e.startsWith("-")&&!e.endsWith(" ago")?null:un(e.replace(/ago$/,"").trim())}function un(e){let t=Ri.exec(e),s=t?[...t[1].matchAll(/(\d+)\s*([a-z]+)/g)]:[];return!s.length||s.some(([,,n])=>!nn.has(n))?null:s.reduce((n,[,i,o])=>n+Number(i)*nn.get(o),0)}function dn([e,t,s],[n,i,o,r]){let a=Number((r??"").slice(0,3).padEnd(3,"0")),c=Date.UTC(e,t-1,s,n,i,o??0,a),u=[e,t,s].map((p,g)=>String(p).padStart(g?2:4,"0")).join("-");if(!(n<24&&i<60&&(o??0)<60)||y(c).slice(0,10)!==u)throw new Error("There is no such time.");return c}function zi([,e,t,s,n,i,o,r,a]){let c=dn([e,t,s],[n,i,o,r]);if(!a)return cn(c);if(a==="z"||a==="utc")return c;let u=a.slice(1).replace(":","").padEnd(4,"0"),[m,p]=[Number(u.slice(0,2)),Number(u.slice(2))];if(m>=24||p>=60)throw new Error(`There is no offset ${a}.`);return c-(a[0]==="-"?-1:1)*(m*60+p)*6e4}function Hi([,e,...t]){let s=st($()).day,n=i=>{let o=y(Date.parse(`${s}T00:00:00Z`)+i*864e5).slice(0,10);return dn(o.split("-"),t)};if(e)return cn(n(e==="yesterday"?-1:0));for(let i=-1;i<qi;i+=1){let o=[...hn(n(-i))].filter(r=>r<=$());if(o.length)return o.at(-1)}throw new Error("There is no such time.")}function Vt(e){let t=Ui(e.trim().replace(/\s+/g," ").toLowerCase());if(t===null)return null;if(!(t>=Mi))throw new Error("That is too long ago.");if(t>$())throw new Error("That is in the future.");return t}var Be=class extends lt{render(){return z}update(t,[s]){for(let[n,i]of Object.entries(s))t.element.style.setProperty(n,i);return z}},G=_t(Be);var w=e=>l`<time datetime=${y(e)} title=${`${y(e)} · ${B(e)} ${yt()}`}
    >${A(e)}</time
  >`;function J(e,t=!1){let s=ln(e),n=t?s[0].toUpperCase()+s.slice(1):s;return l`<time datetime=${y(e)} title=${`${y(e)} · ${B(e)} ${yt()}`}
    >${n}</time
  >`}var q=e=>e===null||Number.isNaN(e)?l`<span class="none">–</span>`:l`<time datetime=${y(e)} title=${`${y(e)} · ${W(e)}`}>${B(e)}</time>`,Ft=(e,t)=>l`<a class="id" href=${M(e,t)} title=${f(e.taskArn)}
    >${N(e.taskId)}</a
  >`,de=(e,t)=>e?l`<a class="ip" href=${D(e,t)}>${e}</a>`:x(null),nt=(e,t)=>e?l`<a class="id" href=${H(e,t)}>${f(e)}</a>`:x(null);function it(e){return e.service?l`<a href=${ht(e.cluster,e.service)} title=${f(e.service)}
    ><bdi>${f(e.service)}</bdi></a
  >`:l`<bdi title=${f(P(e))}>${f(P(e))}</bdi>`}function It(e){let t=e.service?l`service ${it(e)}`:e.group?l`<bdi>${f(e.group)}</bdi>`:"no service";return l`task ${Ft(e)}, ${t} of cluster
    <a href=${C(["tasks"],{cluster:e.cluster})}><bdi>${f(e.cluster)}</bdi></a>`}var je=class extends S{static properties={cells:{attribute:!1},classes:{attribute:!1},instant:{attribute:!1},at:{attribute:!1},only:{attribute:!1},zone:{},active:{state:!0}};constructor(){super(),Object.assign(this,{cells:[],active:null,only:null})}createRenderRoot(){return this}get#t(){return this.cells.length>256?32:16}#e(t){let s=getComputedStyle(this.querySelector(".grid")).gridTemplateColumns.split(" ").length,i={ArrowRight:1,ArrowLeft:-1,ArrowDown:s,ArrowUp:-s}[t.key];if(!i||t.ctrlKey||t.metaKey||t.altKey)return;t.preventDefault();let o=[...this.querySelectorAll(".cell a")];o[o.indexOf(t.target.closest("a"))+i]?.focus()}render(){if(!this.cells.length)return d;let t=[];for(let n=0;n<this.cells.length;n+=this.#t)t.push(this.cells.slice(n,n+this.#t));let s=this.cells.find(({ip:n})=>n===this.active)??null;return l`<div
        class="grid ${this.#t===32?"fine":""}"
        role="grid"
        aria-label="Addresses of the subnet"
        @keydown=${this.#e}
      >
        ${t.map(n=>l`<div role="row">
              ${n.map((i,o)=>this.#s(i,s?i===s:i===this.cells[0],o))}
            </div>`)}
      </div>
      <p class="detail" aria-live="polite">
        ${s?ji(s,this.instant):l`<span class="quiet"
              >Point at a cell, or move with the arrow keys, to read who has it.</span
            >`}
      </p>`}#s(t,s){let n=t.row?.service??t.record?.service??null,i=t.state==="held"||t.state==="possible"?this.classes.get(n)??"hue-x":"",o=this.only!==null&&!(i&&n===this.only)?"dim":"",r=()=>{this.active=t.ip};return l`<div
      role="gridcell"
      class="cell ${t.state} ${i} ${t.changed?"changed":""} ${o}"
    >
      <a
        href=${D(t.ip,{at:this.at})}
        tabindex=${s?0:-1}
        aria-label=${Bi(t)}
        @focus=${r}
        @pointerenter=${r}
        >${t.ip.split(".")[3]}</a
      >
    </div>`}},pe={held:"held",possible:"possibly held",released:"released within the hour",none:"no task",unknown:"unknown",aws:"kept by AWS"};function Bi(e){let t=e.row??e.record,s=t?.service?` by ${f(t.service)}`:"";return`${e.ip}, ${pe[e.state]}${t?s:""}${e.changed?", just changed":""}`}function ji(e,t){let s=l`<b class="ip">${e.ip}</b>`;if(e.state==="aws")return l`${s} is kept by AWS: the first four addresses of a subnet, and the last.`;if(e.state==="unknown")return l`${s}: nobody can tell. No task is known, and this time is not covered.`;if(e.state==="none")return l`${s}: no task. It may belong to an instance, a load balancer or a database.`;let n=e.record?It(e.record):Wi(e.row);if(e.state==="released"){let o=h(e.record.releasedAt);return l`${s} was released ${w(o)} (${j(t-o)} before) by ${n}.`}let i=e.row.attachedAt?l`, since ${w(h(e.row.attachedAt))}`:d;return l`${s} is ${e.state==="possible"?"possibly held":"held"} by ${n}${i}.`}var Wi=e=>`task ${N(e.taskArn.split("/").pop())}, ${f(e.service??"no service")} of cluster ${f(e.cluster)}`;function pn(e,t){return l`<ul class="tiles" aria-label="The /24s of the subnet">
    ${e.map(s=>l`<li class=${s.changed?"changed":""}>
          <a
            href=${t(s.prefix)}
            aria-label="${s.prefix.replace(".0/24","")} ${s.held} held, ${s.released} just released, ${s.changed} changed in the last 5 minutes"
          >
            <span class="ip">${s.prefix.split(".")[2]}</span>
            <b>${s.held?v(s.held):""}</b>
            <span class="meter"
              ><i class="held" ${G({width:`${100*s.held/s.usable}%`})}></i
              ><i
                class="possible"
                ${G({width:`${100*s.possible/s.usable}%`})}
              ></i
              ><i
                class="released"
                ${G({width:`${100*s.released/s.usable}%`})}
              ></i
            ></span>
          </a>
        </li>`)}
  </ul>`}function fn(e,t,s){let n=[...e].filter(([,{changed:i}])=>i).map(([i,o])=>({ip:i,...o,ms:h(o.state==="released"?o.record.releasedAt:o.row.attachedAt)}));return n.sort((i,o)=>o.ms-i.ms),n.length?l`<p><b>${I(n.length,"change")} in the 5 minutes before:</b></p>
    <ul class="changes">
      ${n.slice(0,8).map(i=>{let o=i.row??i.record;return l`<li class=${i.state}>
          <a class="ip" href=${D(i.ip,{at:s})}>${i.ip}</a> ${i.state==="released"?"released by":"given to"} <bdi>${f(o.service??"a task without service")}</bdi>
          <span class="quiet">${s?`at ${A(i.ms)}`:W(i.ms)}</span>
        </li>`})}
    </ul>
    ${n.length>8?l`<p class="quiet">and ${v(n.length-8)} more</p>`:d}`:l`<p class="quiet">Nothing changed in the 5 minutes before.</p>`}customElements.define("address-grid",je);var mn=(e,t,s)=>{let n=new Map;for(let i=t;i<=s;i++)n.set(e[i],i);return n},$n=_t(class extends lt{constructor(e){if(super(e),e.type!==Gs.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,t,s){let n;s===void 0?s=t:t!==void 0&&(n=t);let i=[],o=[],r=0;for(let a of e)i[r]=n?n(a,r):r,o[r]=s(a,r),r++;return{values:o,keys:i}}render(e,t,s){return this.dt(e,t,s).values}update(e,[t,s,n]){let i=Qs(e),{values:o,keys:r}=this.dt(t,s,n);if(!Array.isArray(i))return this.ut=r,o;let a=this.ut??=[],c=[],u,m,p=0,g=i.length-1,b=0,_=o.length-1;for(;p<=g&&b<=_;)if(i[p]===null)p++;else if(i[g]===null)g--;else if(a[p]===r[b])c[b]=ct(i[p],o[b]),p++,b++;else if(a[g]===r[_])c[_]=ct(i[g],o[_]),g--,_--;else if(a[p]===r[_])c[_]=ct(i[p],o[_]),Ct(e,c[_+1],i[p]),p++,_--;else if(a[g]===r[b])c[b]=ct(i[g],o[b]),Ct(e,i[p],i[g]),g--,b++;else if(u===void 0&&(u=mn(r,b,_),m=mn(a,p,g)),u.has(a[p]))if(u.has(a[g])){let Q=m.get(r[b]),Me=Q!==void 0?i[Q]:null;if(Me===null){let Is=Ct(e,i[p]);ct(Is,o[b]),c[b]=Is}else c[b]=ct(Me,o[b]),Ct(e,i[p],Me),i[Q]=null;b++}else ce(i[g]),g--;else ce(i[p]),p++;for(;b<=_;){let Q=Ct(e,c[_+1]);ct(Q,o[b]),c[b++]=Q}for(;p<=g;){let Q=i[p++];Q!==null&&ce(Q)}return this.ut=r,le(e,c),z}});function gn(e){if(e==null)return"";let t=f(e).replace(/^[=+\-@]/,"'$&");return/[",\n\r]/.test(t)?`"${t.replaceAll('"','""')}"`:t}function fe(e,t){let s=[e.map(n=>gn(n.key))];for(let n of t)s.push(e.map(i=>gn(i.value(n))));return s.map(n=>`${n.join(",")}\r
`).join("")}function me(e,t){let s=URL.createObjectURL(new Blob([t],{type:"text/csv;charset=utf-8"}));Object.assign(document.createElement("a"),{href:s,download:e}).click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}var wt=34,bn=6,We=window.matchMedia("(max-width: 640px)"),Ke=class extends S{static properties={rows:{attribute:!1},columns:{attribute:!1},rowKey:{attribute:!1},rowClass:{attribute:!1},sort:{},label:{},zone:{},first:{state:!0},height:{state:!0},active:{state:!0}};constructor(){super(),Object.assign(this,{rows:[],columns:[],first:0,height:800,active:null,cell:0,sort:""}),this.rowKey=t=>t.taskArn,this.rowClass=()=>"",this.sorted=[]}createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.resizing=new ResizeObserver(([t])=>{this.height=t.contentRect.height}),this.narrowing=()=>this.requestUpdate(),We.addEventListener("change",this.narrowing)}disconnectedCallback(){super.disconnectedCallback(),this.resizing.disconnect(),We.removeEventListener("change",this.narrowing)}firstUpdated(){this.resizing.observe(this.#t)}get#t(){return this.querySelector(".scroll")}willUpdate(t){!t.has("rows")&&!t.has("sort")||this.#e(t.has("rows")&&!t.has("sort"))}#e(t){let s=this.#t,n=s?Math.floor(s.scrollTop/wt):0,o=(this.contains(document.activeElement)?this.active:null)??(n>0&&this.sorted[n]?this.rowKey(this.sorted[n]):null),r=o===null?-1:this.#s(o);if(this.sorted=Ve(this.rows,this.columns,this.sort),this.shift=0,!t||r<0)return;let a=this.#s(o);a>=0&&(this.shift=(a-r)*wt)}#s(t){return this.sorted.findIndex(s=>this.rowKey(s)===t)}updated(t){this.shift&&(this.#t.scrollTop+=this.shift);for(let s of this.querySelectorAll("tbody a"))s.tabIndex=s.closest("tr").classList.contains("active")?0:-1;(this.shift||t.has("rows")||t.has("sort"))&&this.#n(),this.shift=0}#n(){this.first=Math.max(0,Math.floor(this.#t.scrollTop/wt)-bn)}#i(t){let n={ArrowDown:1,ArrowUp:-1,PageDown:15,PageUp:-15,Home:-1/0,End:1/0}[t.key];if(!n||t.altKey||t.ctrlKey||t.metaKey||!this.sorted.length)return;t.preventDefault();let i=this.active===null?-1:this.#s(this.active),o=Math.min(this.sorted.length-1,Math.max(0,i+n));this.#o(o)}async#o(t){let s=this.#t,n=s.querySelector("thead").offsetHeight,i=t*wt;i<s.scrollTop&&(s.scrollTop=i);let o=i+wt+n-s.clientHeight;o>s.scrollTop&&(s.scrollTop=o),this.active=this.rowKey(this.sorted[t]),this.#n(),await this.updateComplete;let r=this.querySelector("tr.active"),a=r?.cells[this.cell]?.querySelector("a")??r?.querySelector("a"),{cell:c}=this;(a??s).focus({preventScroll:!0}),this.cell=c}#r(t){let s=t.target.closest("tr[data-key]")?.dataset.key;s&&(this.active=s,this.cell=t.target.closest("td")?.cellIndex??0)}#a(t){let s=this.sort===t.key?`-${t.key}`:t.key;this.dispatchEvent(new CustomEvent("sort",{detail:s}))}save(t){me(t,fe(this.columns,this.sorted))}render(){let t=We.matches?this.columns.filter(r=>r.narrow):this.columns,s=Math.ceil(this.height/wt)+2*bn,n=Math.min(this.sorted.length,this.first+s),i=this.sorted.slice(this.first,n),o=this.active??(i[0]&&this.rowKey(i[0]));return l`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${this.label}
      @scroll=${this.#n}
      @keydown=${this.#i}
      @focusin=${this.#r}
    >
      <table aria-rowcount=${this.sorted.length+1} ${G({"--columns":t.length})}>
        <thead>
          <tr>
            ${t.map(r=>this.#l(r))}
          </tr>
        </thead>
        <tbody>
          ${vn(this.first,t.length)}
          ${$n(i,this.rowKey,(r,a)=>this.#c(r,this.first+a,t,o))}
          ${vn(this.sorted.length-n,t.length)}
        </tbody>
      </table>
    </div>`}#l(t){let s=this.sort===t.key,n=this.sort===`-${t.key}`;return l`<th
      scope="col"
      class=${t.key}
      aria-sort=${s?"ascending":n?"descending":d}
    >
      <button type="button" @click=${()=>this.#a(t)}>
        ${t.label}<span aria-hidden="true">${s?" ↑":n?" ↓":""}</span>
      </button>
    </th>`}#c(t,s,n,i){let o=this.rowKey(t),r=o===i;return l`<tr
      data-key=${o}
      aria-rowindex=${s+2}
      class="${this.rowClass(t)} ${r?"active":""}"
    >
      ${n.map(a=>l`<td class=${a.key}>${a.cell(t)}</td>`)}
    </tr>`}};function vn(e,t){return e<=0?d:l`<tr aria-hidden="true" class="gap">
    <td colspan=${t} ${G({height:`${e*wt}px`})}></td>
  </tr>`}function Ve(e,t,s){let n=s.startsWith("-"),i=t.find(({key:a})=>a===s.replace(/^-/,""));if(!i)return e;let o=i.order??i.value,r=e.map(a=>({row:a,key:o(a)}));return r.sort((a,c)=>Ki(a.key,c.key,n)),r.map(({row:a})=>a)}function Ki(e,t,s){return e===t?0:e==null?1:t==null?-1:e<t===s?1:-1}customElements.define("data-table",Ke);var Vi=new URL("../",document.baseURI),Fi=5,V=class extends Error{constructor(t,s,n,i={}){super(n||s),Object.assign(this,{status:t,title:s,detail:n,body:i})}},Fe=new EventTarget;async function T(e,t={},{signal:s,body:n}={}){if(e.some(r=>/^\.{1,2}$/.test(r)))throw Zi();let i=new URL(e.map(encodeURIComponent).join("/"),Vi);for(let[r,a]of Object.entries(t))a!=null&&i.searchParams.set(r,a);let o={signal:s,headers:{accept:"application/json"}};return n&&(Object.assign(o,{method:"POST",body:JSON.stringify(n)}),o.headers["content-type"]="application/json"),Yi(i,o)}var Zi=()=>new V(404,"Not known","The inventory knows nothing of this name.");async function Yi(e,t){for(let s=1;;s+=1){let n=await Gi(e,t);if(n.ok)return n.json();if(!(n.status===429||n.status===503)||s===Fi)throw await Qi(n);await Xi(Ji(n,s),t.signal)}}async function Gi(e,t){try{let s=await fetch(e,t);return an(s.headers.get("date")),s}catch(s){throw s.name==="AbortError"?s:new V(0,"No answer","The proxy behind this page does not answer. Does the command that opened the page still run?")}}function Ji(e,t){let s=Number(e.headers.get("retry-after"));return s>0?Math.min(s,60)*1e3:2**(t-1)*(800+Math.random()*400)}function Xi(e,t){return Fe.dispatchEvent(new CustomEvent("wait",{detail:{ms:e}})),new Promise((s,n)=>{let i=setTimeout(s,e);t?.addEventListener("abort",()=>{clearTimeout(i),n(new DOMException("No longer asked","AbortError"))})})}async function Qi(e){let t=await e.json().catch(()=>({})),s=(t.errors??[]).map(i=>`${i.parameter}: ${i.reason}`),n=[t.detail??t.message,...s].filter(Boolean).join(" ");return new V(e.status,t.title??`Error ${e.status}`,n,t)}async function F(e,t,{signal:s,onPage:n,most:i=1/0}={}){let o=[],r,a;do a=await T(e,{limit:1e3,...t,cursor:r},{signal:s}),o.push(...a.items),r=a.nextCursor,n?.({...a,items:[...o]});while(r&&o.length<i);return{...a,items:o,complete:!r}}async function yn(e,t){let s=await T(["addresses"],e,t);return Array.isArray(s)?s:s.items}var Ze=class extends EventTarget{stopped=!1;state={mode:"loading",at:null,note:""};constructor(){super(),Fe.addEventListener("wait",({detail:t})=>{let s=Math.max(1,Math.round(t.ms/1e3));this.show({mode:"throttled",note:`The API asks for a pause: again in ${s} s`})})}show(t){this.state={...this.state,...t},this.dispatchEvent(new Event("change"))}toggle(){this.stopped=!this.stopped,this.dispatchEvent(new Event("toggle")),this.dispatchEvent(new Event("change"))}},O=new Ze,Tt=class{#t=null;#e=!1;#s;constructor(t){this.#s=t,this.wake=()=>{this.#e&&!this.#n()&&this.#i()},document.addEventListener("visibilitychange",this.wake),O.addEventListener("toggle",this.wake)}#n(){return document.hidden||O.stopped}in(t){clearTimeout(this.#t),this.#e=!1,t!==null&&(this.#t=setTimeout(()=>{this.#e=!0,this.wake()},t))}#i(){this.#e=!1,this.#s()}end(){clearTimeout(this.#t),document.removeEventListener("visibilitychange",this.wake),O.removeEventListener("toggle",this.wake)}};var to={loading:"Loading",live:"Live",past:"Past",stopped:"Stopped",throttled:"Slowed down",failed:"Not updated"},Ye=class extends S{createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.changed=()=>this.requestUpdate(),O.addEventListener("change",this.changed),this.ticking=setInterval(this.changed,1e3)}disconnectedCallback(){super.disconnectedCallback(),O.removeEventListener("change",this.changed),clearInterval(this.ticking)}render(){let t=O.stopped&&O.state.mode==="live"?"stopped":O.state.mode,{at:s,note:n}=O.state;return l`<span class="light ${t}" title=${f(n)}>
        <i aria-hidden="true"></i><span>${to[t]}</span>
        ${s&&t!=="past"&&t!=="loading"?l`<small aria-hidden="true">${W(s)}</small>`:""}
      </span>
      <button
        type="button"
        class="plain"
        aria-pressed=${O.stopped?"true":"false"}
        @click=${()=>O.toggle()}
      >
        ${O.stopped?"Go on":"Stop"}<span class="hidden"> updating this page</span>
      </button>`}};customElements.define("live-light",Ye);function kt(e){let t=/^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(e);return!t||t.slice(1).some(s=>Number(s)>255)?null:t.slice(1).reduce((s,n)=>s*256+Number(n),0)}var ge=e=>[e>>>24,e>>>16&255,e>>>8&255,e&255].join(".");function $e(e){if(!/^[0-9a-f:.]+$/i.test(e)||!e.includes(":"))return null;let t=e.split("::");if(t.length>2)return null;let[s,n]=t.map(eo),i=8-(s?.length??9)-(n?.length??0);return!s||t.length===2&&!n||(t.length===2?i<1:i!==0)?null:[...s,...Array(i).fill(0),...n??[]].reduce((r,a)=>(r<<16n)+BigInt(a),0n)}function eo(e){if(e==="")return[];let t=[];for(let s of e.split(":")){let n=kt(s);if(n!==null)t.push(Math.floor(n/65536),n%65536);else if(/^[0-9a-f]{1,4}$/i.test(s))t.push(Number.parseInt(s,16));else return null}return t}var wn=e=>kt(e)!==null||$e(e)!==null;function X(e){let[t,s,...n]=e.split("/"),i=kt(t);if(i===null||n.length||!/^\d{1,2}$/.test(s??"")||s>32)return null;let o=2**(32-s);return{first:Math.floor(i/o)*o,size:o,bits:Number(s)}}function be(e){let t=X(e);if(t)return a=>{let c=a.privateIpv4Address&&kt(a.privateIpv4Address);return c!==null&&c>=t.first&&c<t.first+t.size};let[s,n,...i]=e.split("/"),o=$e(s);if(o===null||i.length||!/^\d{1,3}$/.test(n??"")||n>128)return null;let r=BigInt(128-n);return a=>!!a.ipv6Address&&$e(a.ipv6Address)>>r===o>>r}function Z(e){if(!e)return null;let t=kt(e);return t!==null?`4${String(t).padStart(10,"0")}`:`6${($e(e)??0n).toString(16).padStart(32,"0")}`}var Ge=new WeakMap;function so(e){if(!Ge.has(e)){let{privateIpv4Address:t,ipv6Address:s,taskId:n,group:i,cluster:o,networkInterfaceId:r,subnetId:a}=e,c=[t,s,n,i,o,r,a];Ge.set(e,[...c,e.lastStatus,e.launchType].join(`
`).toLowerCase())}return Ge.get(e)}function ve(e){let t=e.toLowerCase().split(/\s+/).filter(Boolean).map(s=>be(s)??(n=>so(n).includes(s)));return s=>t.every(n=>n(s))}var kn=36e5,no=[6*kn,48*kn,null],io=2e4,At=[];function Je(e){At=e}async function ye(){At.length||Je((await F(["tasks"],{})).items)}var oo=[[/^(\S+?)(?:\s+(?:at\s+|@\s*)?(.+))?$/,([,e,t])=>wn(e)?D(e,{at:ro(t)}):null],[/^\S+\/\d+$/,([e])=>be(e)?C(["tasks"],{q:e}):null],[/^eni-[0-9a-z]+$/i,([e])=>C(["enis",e.toLowerCase()])],[/^subnet-[0-9a-z]+$/i,([e])=>H(e.toLowerCase())],[/^arn:[^:]*:ecs:.*:task\/([^/]+)\/([^/]+)$/,([,e,t])=>M({cluster:e,taskId:t})],[/^arn:[^:]*:ecs:.*:service\/([^/]+)\/([^/]+)$/,([,e,t])=>ht(e,t)],[/^(?:arn:[^:]*:ecs:.*:task\/)?([0-9a-f-]{18,36})$/i,([,e])=>lo(e.toLowerCase())]];function ro(e){let t=e?Vt(e):null;return t===null?"":y(t)}async function An(e){let t=e.trim();for(let[s,n]of oo){let i=s.exec(t),o=i&&await n(i);if(o)return o}return await ye(),xn(t,At)??await ao(t)??C(["tasks"],{q:t})}function xn(e,t,s=!1){let i=[...new Map(t.filter(({service:r})=>r).map(r=>[`${r.cluster}/${r.service}`,r]))].filter(([r,{service:a}])=>r===e||a===e);if(i.length===1){let[[,{cluster:r,service:a,attachedAt:c}]]=i;return ht(r,a,{at:s?c:""})}let o=e.length>=6?t.filter(({taskId:r})=>r.startsWith(e)):[];return o.length===1?M(o[0]):null}async function ao(e){if(/\s/.test(e)||At.some(ve(e)))return null;let t=[];for await(let{records:s,isLast:n}of Sn()){t=[...t,...s];let i=n&&xn(e,t,!0);if(i)return i;n&&(t=[])}return null}async function lo(e){await ye();let t=new Set;for await(let{records:s}of ho(At)){let n=s.find(({taskId:i})=>i===e);if(n)return M(n);for(let{cluster:i}of s){if(t.has(i))continue;t.add(i);let o=await co(i,e);if(o)return M(o)}}throw new V(404,"Not known",`No known cluster has a task ${e}. Its ARN leads to it wherever it was.`)}async function co(e,t){try{return await T(["tasks",e,t])}catch(s){if(s.status!==404)throw s;return null}}async function*ho(e){yield{records:e},yield*Sn()}async function*Sn(){let e=io;for(let t of no){let s=y($()-1e3),n=t===null?void 0:y($()-t),i;do{let o=await T(["tasks"],{from:n,to:s,limit:1e3,cursor:i});i=o.nextCursor,e-=o.items.length,yield{records:o.items,isLast:!i}}while(i&&e>0);if(e<=0)return}}function En(e){let t=e.trim().toLowerCase();if(!t)return[];let s=new Map,n=(i,o,r)=>s.set(r,{kind:i,label:o,hash:r});for(let i of At){if(s.size>=8)break;let o=`${i.cluster}/${i.service}`;i.service&&o.toLowerCase().includes(t)&&n("service",f(o),ht(i.cluster,i.service))}for(let i of At){if(s.size>=8)break;for(let o of[i.privateIpv4Address,i.ipv6Address])o?.startsWith(t)&&n("address",o,D(o));i.taskId.startsWith(t)&&n("task",`${N(i.taskId)} ${f(i.service??"")}`,M(i)),i.subnetId?.includes(t)&&n("subnet",f(i.subnetId),H(i.subnetId))}return[...s.values()].slice(0,8)}var uo=120,Xe=class extends S{static properties={route:{attribute:!1},options:{state:!0},chosen:{state:!0},fault:{state:!0},busy:{state:!0}};constructor(){super(),Object.assign(this,{options:[],chosen:-1,fault:"",busy:!1}),this.shortcut=t=>this.#s(t)}createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),document.addEventListener("keydown",this.shortcut)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("keydown",this.shortcut)}get#t(){return this.querySelector("input")}get#e(){return this.route.view==="tasks"}willUpdate(t){t.has("route")&&(this.fault="")}updated(t){t.has("route")&&document.activeElement!==this.#t&&(this.#t.value=this.#e?this.route.query.q??"":"")}#s(t){t.key!=="/"||t.ctrlKey||t.metaKey||t.altKey||t.target.closest?.("input, select, textarea")||(t.preventDefault(),this.#t.focus(),this.#t.select())}#n(){this.fault="",clearTimeout(this.timer),this.timer=setTimeout(()=>this.#i(this.#t.value),uo)}async#i(t){if(this.#e){k({q:t.trim()});return}await ye().catch(()=>{}),this.chosen=-1,this.options=this.#t.value===t&&document.activeElement===this.#t?En(t):[]}async#o(t){t.preventDefault(),clearTimeout(this.timer);let s=this.#t.value,n=this.options[this.chosen];if(this.options=[],!s.trim()&&!n)return;this.busy=!0;let{hash:i}=location;try{let o=n?n.hash:await An(s);location.hash===i&&this.#r(o)}catch(o){this.fault=o.message}finally{this.busy=!1}}#r(t){this.options=[],this.#t.blur(),t===location.hash?document.querySelector("data-table .scroll")?.focus():sn(t)}#a(t){if(t.key==="Escape"){this.options=[];return}let s={ArrowDown:1,ArrowUp:-1}[t.key];!s||!this.options.length||(t.preventDefault(),this.chosen=(this.chosen+s+this.options.length)%this.options.length)}render(){let t=this.options.length>0;return l`<form role="search" @submit=${this.#o}>
      <label class="hidden" for="search"
        >Search: an address, a prefix, a network interface, a task, a name</label
      >
      <input
        id="search"
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder="Address, prefix, ENI, task, service   ( / )"
        role="combobox"
        aria-expanded=${t?"true":"false"}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant=${this.chosen>=0?`found-${this.chosen}`:d}
        aria-describedby=${this.fault?"search-fault":d}
        @input=${this.#n}
        @keydown=${this.#a}
        @blur=${()=>setTimeout(()=>this.options=[],150)}
      />
      <ul id="found" role="listbox" aria-label="Found" ?hidden=${!t}>
        ${this.options.map((s,n)=>l`<li
              id="found-${n}"
              role="option"
              aria-selected=${n===this.chosen?"true":"false"}
              @pointerdown=${()=>this.#r(s.hash)}
            >
              <small>${s.kind}</small> <bdi>${s.label}</bdi>
            </li>`)}
      </ul>
      ${this.busy?l`<p class="below" role="status">Looking…</p>`:d}
      ${this.fault?l`<p class="below fault" id="search-fault" role="alert">${this.fault}</p>`:d}
    </form>`}};customElements.define("search-box",Xe);var ut=1e3,ot=60*ut,Mt=60*ot,dt=24*Mt,we=400*dt,_n=[100,200,500,ut,2*ut,5*ut,10*ut,15*ut,30*ut,ot,2*ot,5*ot,10*ot,15*ot,30*ot,Mt,2*Mt,3*Mt,6*Mt,12*Mt,dt,2*dt,7*dt,14*dt,30*dt,90*dt],Cn=(e,t,s)=>n=>(n-e)/(t-e)*s;function In(e,t,s,n=90){let i=Math.max(2,Math.floor(s/n)),o=_n.find(u=>(t-e)/u<=i)??_n.at(-1),r=Kt(e)*ot,a=Math.ceil((e-r)/o)*o+r,c=[];for(let u=a;u<t;u+=o)c.push({ms:u,...po(u,o)});return c}function po(e,t){let{day:s,clock:n,fraction:i}=st(e),o=`${Number(s.slice(8))} ${fo[Number(s.slice(5,7))-1]}`;return t>=dt||n==="00:00:00"?{label:o,major:!0}:t<ut?{label:`${n.slice(3)}${i.slice(0,2)}`,major:!1}:{label:t<ot?n:n.slice(0,5),major:!1}}var fo=["Jan","Feb","Mar","Apr","May","Jun","Jul","Aug","Sep","Oct","Nov","Dec"];function Tn(e){let t=[],s=new Map,n=new Map;for(let o of e){let r=n.get(o.id)??[1/0,-1/0];n.set(o.id,[Math.min(r[0],o.from),Math.max(r[1],o.to)])}let i=[...n].sort(([,o],[,r])=>o[0]-r[0]);for(let[o,[r,a]]of i){let c=t.findIndex(u=>u<=r);c<0&&(c=t.length),t[c]=a,s.set(o,c)}for(let o of e)o.row=s.get(o.id);return t.length}var mo=22,$o=15,go=10,Mn=26,Nn=26,Qe=56,bo=2e3,vo=[["10 min",6e5],["1 h",36e5],["6 h",216e5],["1 day",864e5],["7 days",6048e5]],ts=class extends S{static properties={from:{attribute:!1},to:{attribute:!1},lanes:{attribute:!1},unknown:{attribute:!1},at:{attribute:!1},flag:{attribute:!1},counts:{attribute:!1},label:{},zone:{},fixed:{type:Boolean},dense:{type:Boolean},width:{state:!0}};constructor(){super(),Object.assign(this,{lanes:[],unknown:[],at:null,counts:null,width:640})}createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.resizing=new ResizeObserver(([t])=>{this.width=Math.max(240,Math.floor(t.contentRect.width))}),this.resizing.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.resizing.disconnect()}#t(t,s=this.#e){let n=Math.min(we,Math.max(bo,(this.to-this.from)*t)),i=(s-this.from)/(this.to-this.from);this.#i(s-n*i,n)}get#e(){return this.at!==null&&this.at>=this.from&&this.at<=this.to?this.at:(this.from+this.to)/2}#s(t){let s=this.at??this.to;this.#i(Math.min(s-t/2,$()-t),t)}#n(t){let s=this.to-this.from;this.#i(this.from+s*t,s)}#i(t,s){let n=Math.min(t,$()+s*.04-s),i={from:Math.round(n),to:Math.round(n+s)};this.dispatchEvent(new CustomEvent("range",{detail:i}))}#o(t){let s=this.querySelector("svg").getBoundingClientRect();return this.from+(t.clientX-s.left)/s.width*(this.to-this.from)}#r(t){this.fixed||t.button!==0||t.target.closest("a")||(this.drag={x:t.clientX,from:this.from,moved:!1},t.currentTarget.setPointerCapture(t.pointerId))}#a(t){if(!this.drag)return;let s=t.clientX-this.drag.x;if(Math.abs(s)<4&&!this.drag.moved)return;this.drag.moved=!0;let n=this.to-this.from;this.#i(this.drag.from-s/this.width*n,n)}#l(t){let s=this.drag;if(this.drag=null,!s||s.moved)return;let n=Math.min(Math.round(this.#o(t)),$()-1);this.dispatchEvent(new CustomEvent("moment",{detail:n}))}#c(t){this.fixed||!(t.ctrlKey||t.metaKey)||(t.preventDefault(),this.#t(t.deltaY>0?1.25:.8,this.#o(t)))}#h(t){let s={ArrowLeft:()=>this.#n(-.2),ArrowRight:()=>this.#n(.2),"+":()=>this.#t(.5),"=":()=>this.#t(.5),"-":()=>this.#t(2)}[t.key];!s||t.ctrlKey||t.metaKey||t.altKey||(t.preventDefault(),s())}render(){let t=Cn(this.from,this.to,this.width),s=(this.at===null?4:Nn)+(this.counts?Qe:0),n=yo(this.lanes,s,this.dense?$o:mo),i=n.reduce((o,r)=>Math.max(o,r.bottom),s+8);return l`${this.fixed?d:this.#u()}
      <div class="canvas" @keydown=${this.fixed?d:this.#h}>
        <svg
          width=${this.width}
          height=${i+Mn}
          viewBox="0 0 ${this.width} ${i+Mn}"
          role="group"
          aria-label=${this.label}
          class=${this.fixed?"":"moves"}
          @pointerdown=${this.#r}
          @pointermove=${this.#a}
          @pointerup=${this.#l}
          @wheel=${this.#c}
        >
          ${this.unknown.map(o=>Ao(o,t,s-2,i))} ${this.#d(t,i)}
          ${this.counts?xo(this.counts,t,this.at===null?4:Nn,this.to):d}
          ${n.map(o=>U`<g>${wo(o)}${o.bars.map(r=>ko(r,t,o,this.width))}</g>`)}
          ${this.#p(t,i)}
        </svg>
      </div>`}#u(){let t=(s,n,i)=>l`<button type="button" title=${n} aria-label=${n} @click=${i}>
        ${s}
      </button>`;return l`<div class="tools" role="toolbar" aria-label="What of the time is in sight">
      ${t("←","Earlier",()=>this.#n(-.5))} ${t("→","Later",()=>this.#n(.5))}
      ${t("−","Zoom out",()=>this.#t(2.5))}
      ${t("+","Zoom in",()=>this.#t(.4))}
      <span class="range">${B(this.from)} → ${this.to>$()?"now":B(this.to)}</span>
      <span class="spans"
        >${vo.map(([s,n])=>t(s,`Show ${s}`,()=>this.#s(n)))}</span
      >
    </div>`}#d(t,s){return In(this.from,this.to,this.width).map(({ms:n,label:i,major:o})=>U`<g class="tick ${o?"major":""}">
        <line x1=${t(n)} x2=${t(n)} y1="0" y2=${s+5}></line>
        <text x=${t(n)} y=${s+19} text-anchor=${t(n)<20?"start":t(n)>this.width-20?"end":"middle"}>${i}</text>
      </g>`)}#p(t,s){let n=[],i=$();if(i>this.from&&i<this.to&&n.push(U`<line class="now" x1=${t(i)} x2=${t(i)} y1="0" y2=${s}></line>`),this.at===null||this.at<this.from||this.at>this.to)return n;let o=t(this.at)>this.width/2,r=t(this.at)+(o?-6:6);return n.push(U`<g class="moment ${this.flag?.verdict??""}">
      <line x1=${t(this.at)} x2=${t(this.at)} y1="2" y2=${s}></line>
      <circle cx=${t(this.at)} cy="9" r="5"></circle>
      <text x=${r+(o?-4:4)} y="14" text-anchor=${o?"end":"start"}>${this.flag?.text??""}</text>
    </g>`),n}};function yo(e,t,s){let n=t;return e.map(i=>{let o=i.bars.map(u=>({...u})),r=Math.max(1,Tn(o)),a=n+(i.label?18:4),c=a+r*(s+3)+go-3;return n=c,{...i,bars:o,top:a,bottom:c,size:s}})}var wo=e=>e.label?U`<text class="lane" x="4" y=${e.top-5}>${e.label}</text>`:d;function ko(e,t,s,n){let i=Math.max(-4,t(e.from)),o=Math.min(n+4,t(e.to));if(o<0||i>n)return d;let r=Math.max(2,o-i-(e.kind==="certain"?1:0)),a=s.top+e.row*(s.size+3),c=Math.max(i,0),u=Math.min(o,n)-c-6,m=U`<title>${e.title}</title>
    <rect class="bar ${e.kind} ${e.hue??""}" x=${i} y=${a} width=${r} height=${s.size} rx="3"></rect>
    ${e.kind==="certain"?d:U`<rect class="hatch" x=${i} y=${a} width=${r} height=${s.size} rx="3"></rect>`}
    ${e.label&&u>24?U`<svg class="in" x=${c+6} y=${a} width=${u} height=${s.size}><text y=${s.size/2+4}>${e.label}</text></svg>`:d}`;return e.href?U`<a href=${e.href} aria-label=${e.title}>${m}</a>`:U`<g role="img" aria-label=${e.title}>${m}</g>`}function Ao(e,t,s,n){let i=Math.max(1,t(e.to)-t(e.from));return U`<g class="veil ${e.kind}" role="img" aria-label="${e.kind}: ${e.why}">
    <title>${e.kind==="unknown"?"Unknown":"Not confirmed yet"}: ${e.why}</title>
    <rect x=${t(e.from)} y=${s} width=${i} height=${n-s}></rect>
    ${i>70?U`<text x=${t(e.from)+6} y=${n-5}>${e.kind==="unknown"?"unknown":"unconfirmed"}</text>`:d}
  </g>`}function xo(e,t,s,n){let i=Math.max(1,...e.map(({n:c})=>c)),o=c=>s+Qe-12-c/i*(Qe-24),r="",a=0;for(let{ms:c,n:u}of e)r+=r?`H${t(c).toFixed(1)}V${o(u).toFixed(1)}`:`M${t(c).toFixed(1)},${o(u).toFixed(1)}`,a=u;return r+=`H${t(Math.min(n,$())).toFixed(1)}`,U`<g class="chart" role="img" aria-label="At most ${i} at once, ${a} at the end">
    <path class="area" d="${r}V${o(0)}H${t(e[0]?.ms??n).toFixed(1)}Z"></path>
    <path class="steps" d=${r}></path>
    <text x="4" y=${s+9}>${i} at most</text>
  </g>`}var Nt=(...e)=>l`<ul class="legend">
    <li><i class="key certain"></i>certain</li>
    <li><i class="key possible"></i>possible</li>
    <li><i class="key unknown"></i>unknown: nobody can tell</li>
    <li><i class="key unconfirmed"></i>not confirmed by a sweep yet</li>
    ${e}
  </ul>`;customElements.define("time-line",ts);var es=6e4,So=[["10 min ago",10*es],["1 h ago",60*es],["1 day ago",1440*es]],ss=class extends S{static properties={at:{attribute:!1},route:{attribute:!1},fault:{state:!0}};createRenderRoot(){return this}willUpdate(t){t.has("at")&&(this.fault=void 0)}#t(t){t.preventDefault();try{this.#e(Vt(this.querySelector("#at").value))}catch(s){this.fault=s.message}}#e(t){this.fault=void 0,k({at:t===null?"":y(t),from:"",to:""})}#s(){let t=this.querySelector('input[type="datetime-local"]'),{day:s,clock:n}=st(this.at??$());t.value=`${s}T${n}`;try{t.showPicker()}catch{t.focus()}}#n({target:t}){if(t.value)try{this.#e(Vt(t.value))}catch(s){this.fault=s.message}}render(){let t=this.at!==null&&this.at!==void 0;return l`<form class="picker" @submit=${this.#t} aria-label="Time">
      <label for="at">Time</label>
      <span class="field">
        <input
          id="at"
          autocomplete="off"
          spellcheck="false"
          placeholder="now"
          .value=${t?B(this.at):""}
          aria-describedby="at-help"
          aria-invalid=${this.fault?"true":"false"}
          @change=${this.#t}
        />
        <input
          type="datetime-local"
          step="1"
          tabindex="-1"
          aria-hidden="true"
          @change=${this.#n}
        />
        <button
          type="button"
          class="plain"
          aria-label="Choose from a calendar"
          title="Choose from a calendar"
          @click=${this.#s}
        >
          ▾
        </button>
      </span>
      <span class="buttons">
        <button
          type="button"
          aria-pressed=${t?"false":"true"}
          @click=${()=>this.#e(null)}
        >
          Now
        </button>
        ${So.map(([s,n])=>l`<button type="button" @click=${()=>this.#e($()-n)}>${s}</button>`)}
      </span>
      <small id="at-help" class=${this.fault?"fault":""} role=${this.fault?"alert":"note"}>
        ${this.fault??`03:12, 10m ago, 2026-11-22 03:12 · ${yt()}`}
      </small>
    </form>`}};customElements.define("time-picker",ss);function K(e,t,s){if(e.from===null)return[{from:t,to:s,kind:"unknown",why:"before the first completed sweep"}];let n=h(e.from),i=Math.max(h(e.to??e.from),n),o=[{from:-1/0,to:n,kind:"unknown",why:"before coverage begins"}];for(let r of e.gaps){let a=`no sweep covers cluster ${ke(r.clusterArn)}`;o.push({from:h(r.from),to:h(r.to)??1/0,kind:"unknown",why:a})}return o.push({from:i,to:1/0,kind:"unconfirmed",why:"no completed sweep has confirmed it yet"}),o.map(r=>({...r,from:Math.max(r.from,t),to:Math.min(r.to,s)})).filter(r=>r.from<r.to).sort((r,a)=>r.from-a.from)}var ke=e=>(e??"").split("/").pop();function On(e,t){let s=e.gaps.map(i=>[h(i.from),h(i.to)??t]).sort((i,o)=>i[0]-o[0]),n=[];for(let[i,o]of s){let r=n.at(-1);r&&i<=r[1]?r[1]=Math.max(r[1],o):n.push([i,o])}return n}function Ot(e,t){let s=K(e,t,t+1);return s.length?s.map(n=>l`<p class="strip ${n.kind}">
        <strong>${n.kind==="unknown"?"May be incomplete.":"Not confirmed yet."}</strong>
        ${Eo(n,e)}
      </p>`):l`<p class="strip good">
      <strong>Inside coverage.</strong> No task of that time can be missing.
    </p>`}function Eo(e,t){return t.from===null?"No sweep has completed yet: only events are known.":e.why==="before coverage begins"?l`Nobody can tell what is missing: coverage begins at ${w(h(t.from))}.`:e.kind==="unconfirmed"?l`Completed sweeps confirm what happened up to
    ${w(h(t.to??t.from))}; a task may be added later.`:l`The instant lies in a gap: ${f(e.why)}.`}function Ae(e){if(e.from===null)return l`No sweep has completed yet, so nothing can be said for certain about the past.`;let t=e.gaps.length;return l`Answers can be trusted since
  ${w(h(e.from))}${t?l`, except in ${t} ${t===1?"gap":"gaps"}`:d}.`}var _o=6e4,ns=class extends S{static properties={route:{attribute:!1},coverage:{state:!0}};createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.repeating=new Tt(()=>this.#t()),this.#t()}disconnectedCallback(){super.disconnectedCallback(),this.repeating.end()}async#t(){try{this.coverage=(await T(["status"])).coverage}catch{}this.repeating.in(_o)}render(){return!this.coverage||this.route.view==="status"?d:l`<footer>
      ${Ae(this.coverage)} <a href=${C(["status"])}>How it is known</a>
    </footer>`}};customElements.define("trust-line",ns);function Co({subnetId:e,privateIpv4Address:t,ipv6Address:s}){return e?[t,s].filter(Boolean).map(n=>`${e} ${n}`):[]}var Io=e=>!!e.attachedAt&&!e.attachedAtEstimated,xe=e=>`${e.attachedAt} ${e.taskId}`;function To(e){let t=new Map;for(let n of new Map(e.map(i=>[i.taskArn,i])).values())for(let i of Io(n)?Co(n):[])t.has(i)||t.set(i,[]),t.get(i).push(n);let s=new Map;for(let n of t.values()){n.sort((i,o)=>xe(i)<xe(o)?-1:1);for(let[i,{taskArn:o}]of n.slice(0,-1).entries()){let r=s.get(o);(!r||xe(n[i+1])<xe(r))&&s.set(o,n[i+1])}}return s}function xt(e,t=[]){let s=To([...t,...e]);return e.map(n=>({...n,overBy:s.get(n.taskArn)?.attachedAt??null}))}function Se(e,{holders:t,possible:s}){let n=i=>i.some(({taskArn:o})=>o===e.taskArn);return{...e,holds:n(t)?"certainly":n(s)?"possibly":"not"}}function Ee(e,t,s){let i=t.filter(o=>o.taskArn===e.taskArn&&o.certain).map(({to:o})=>o).reduce((o,r)=>o>r?o:r,"");return i&&Date.parse(i)<s?{...e,provenUntil:i}:e}function E({releasedAt:e,overBy:t}){return e&&t?e<t?e:t:e??t??null}var Rt=e=>!!e.overBy&&E(e)===e.overBy;function Lt(e){let t=e.provenUntil??e.releasedNotBefore;return t?Rt(e)&&t>e.overBy?e.overBy:t:E(e)||e.holds==="not"?e.attachedAt:null}function St(e){let t=0;for(let s of e)t=t*31+s.codePointAt(0)>>>0;return((t^t>>>7)>>>0)%10}function Rn(e,t=new Map){let s=new Set([...t.values()].map(n=>Number(n.slice(4))));s.delete(NaN);for(let n of e){if(t.has(n))continue;if(s.size===10){t.set(n,"hue-x");continue}let i=St(n);for(;s.has(i);)i=(i+1)%10;s.add(i),t.set(n,`hue-${i}`)}return t}var Ln={0:["No answer","It is asked again by itself."],401:["Your credentials were refused","Sign in again, then start the command that opened this page anew."],403:["You may not ask this","Your credentials lack execute-api:Invoke for this API, or have expired."],429:["The API asks for a pause","It is asked again by itself, less often."],503:["The API asks for a pause","It is asked again by itself, less often."]};function Pn(e,t){let[s,n]=Ln[e.status]??[e.title??"Something went wrong",""],i=e.status===429||e.status===503||e.status===404;return l`<section class="notice ${i?"calm":"bad"}" role=${i?"status":"alert"}>
    <h1 tabindex="-1">${f(s)}</h1>
    <p>${f(e.message)} ${n}</p>
    <button type="button" @click=${t}>Ask again</button>
  </section>`}function qn(e,t,s){let[n,i]=Ln[e.status]??[e.title??"Something went wrong",""],o=t?`Shown is what was known at ${A(t)}.`:"";return l`<p class="strip" role="status">
    <strong>${f(n)}.</strong> ${f(e.message)} ${o} ${i}
    <button type="button" @click=${s}>Ask again</button>
  </p>`}function Un(){return l`<section class="skeleton" aria-busy="true">
    <h1 tabindex="-1" class="quiet">Loading…</h1>
    <div></div>
    <div></div>
    <div></div>
  </section>`}function R(e,...t){return l`<section class="notice calm">
    <h2>${e}</h2>
    ${t.map(s=>l`<p>${s}</p>`)}
  </section>`}var Dn=5e3,Mo=6e4,L=class extends S{static properties={route:{attribute:!1},data:{state:!0},problem:{state:!0}};#t=new Tt(()=>this.#i());#e=null;#s=null;#n=0;loadedAt=null;createRenderRoot(){return this}question(t){return JSON.stringify([t.view,t.args,t.query.at])}async load(t,s){throw new Error(`${this.localName} must say how it loads (${t}, ${s})`)}every(t,s){return Math.max(Dn,s*10)}page(t){return l`${t}`}get isLive(){return!this.route.query.at}willUpdate(t){if(!t.has("route")||this.question(this.route)===this.#s)return;let s=t.get("route");JSON.stringify(s?.args)!==JSON.stringify(this.route.args)&&(this.data=void 0),this.#n=0,this.#i()}async#i(){this.#e?.abort();let t=new AbortController;this.#e=t,this.#s=this.question(this.route),this.#t.in(null);let s=this.data===void 0;s&&O.show({mode:"loading",note:""});let n=performance.now();try{let i=r=>{s&&this.#e===t&&(this.data=r)},o=await this.load(t.signal,i);if(this.#e!==t)return;this.#o(o,performance.now()-n)}catch(i){this.#e===t&&i.name!=="AbortError"&&this.#r(i)}}#o(t,s){this.data=t,this.problem=void 0,this.#n=0,this.loadedAt=$(),O.show({mode:this.isLive?"live":"past",at:this.loadedAt,note:""}),this.#t.in(this.isLive?this.every(t,s):null)}#r(t){this.problem=t,this.#n+=1;let s=t.status===429||t.status===503;O.show({mode:s?"throttled":"failed",note:t.message});let n=t.status===0||t.status>=500||s||!t.status;this.#t.in(n?Math.min(Dn*2**(this.#n-1),Mo):null),!t.status&&t.status!==0&&console.error(t)}retry(){this.problem=void 0,this.#i()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.abort(),this.#t.end()}render(){let t=()=>this.retry();return this.data===void 0?this.problem?Pn(this.problem,t):Un():l`${this.problem?qn(this.problem,this.loadedAt,t):""}
    ${this.page(this.data)}`}};var No=250,is=864e5,Pt=class extends L{static properties={range:{state:!0}};#t=null;firstRange(t=is){let{at:s}=this.route.query;if(!s)return{from:$()-is,to:$()+is/24};let n=Math.min(h(s)+t/2,$()+t/24);return{from:n-t,to:n}}willUpdate(t){t.has("route")&&this.#e(t.get("route")),super.willUpdate(t)}#e(t){let{query:s,args:n}=this.route,i=JSON.stringify(t?.args)!==JSON.stringify(n),o={from:h(s.from??null),to:h(s.to??null)};o.to>o.from&&o.to-o.from<=we?this.range=o:(!this.range||i||t?.query.from||!this.#s(s.at))&&(this.range=this.firstRange())}#s(t){return!t||h(t)>this.range.from&&h(t)<this.range.to}move({from:t,to:s}){this.range={from:t,to:s},clearTimeout(this.#t),this.#t=setTimeout(()=>k({from:y(t),to:y(s)}),No)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#t)}advance(){let{at:t,from:s}=this.route.query;t||s||(this.range=this.firstRange())}get asked(){let t=Math.min(this.range.to,$()-1e3);return{from:y(Math.min(this.range.from,t-1e3)),to:y(t)}}question(t){return JSON.stringify([super.question(t),t.query.from,t.query.to])}};var os={held:["●","Held"],possible:["◐","Possible"],none:["○","No task"],unconfirmed:["…","Unconfirmed"],unknown:["?","Unknown"]};function Hn(e){let[t,s]=os[e.verdict],n=r=>`${f(P(r)).slice(0,24)} ${N(r.taskId)}`,i=e.holders.length?"◐ ":"",o=[...e.holders.map(n),...e.possible.map(r=>`${i}${n(r)}`)];return{verdict:e.verdict,text:[`${t} ${s}`,...o.slice(0,2)].join(" · ")}}function rs(e){if(!e.attachedAt)return l`from an instant that is not known`;let t=h(e.attachedAt),s=e.attachedAtEstimated?l`at the earliest from ${w(t)}`:l`from ${w(t)}`,n=h(E(e));if(n){let i=e.releasedAtEstimated||Rt(e)?" at the latest":"";return l`${s} to ${w(n)}${i}`}return e.holds==="not"?l`${s}, and another task has had it since`:e.attachedAtEstimated?s:l`since ${w(t)}`}function Bn(e,t){return[...{held:()=>e.holders.map(n=>Oo(e,n,t)),possible:()=>[l`<strong
        >Nobody can say for certain who had ${qt(e)} ${_e(e,t)}.</strong
      >`],none:()=>[l`<strong
          >No ECS task ${t?"had":"has"} ${qt(e)} ${_e(e,t)}.</strong
        >
        <span class="quiet">An instance, a load balancer or a database may.</span>`],unconfirmed:()=>[Po(e,t)],unknown:()=>[qo(e,t)]}[e.verdict](),...e.possible.map(n=>Ro(e,n,t))]}var qt=e=>l`<span class="ip">${e.ip}</span>`,_e=(e,t)=>t?J(h(e.at)):"now",jn=e=>e.subnetId?l`, in ${nt(e.subnetId)}`:d;function Oo(e,t,s){let n=s?l`${J(h(e.at),!0)}, ${qt(e)} was held by`:l`${qt(e)} is held by`;return l`<strong>${n} ${It(t)}</strong>, ${rs(t)}${jn(t)}.`}function Ro(e,t,s){let n=s?"may have been":"may be",i=l`${It(t)}: ${Lo(t,h(e.at))}`;return e.holders.length&&t.subnetId?l`In ${nt(t.subnetId)}, it ${n} ${i}.`:l`It ${n} ${i}.`}function Lo(e,t){if(e.attachedAtEstimated){let o=h(E(e)),r=o?l` and was gone by ${w(o)}`:"";return l`it was created ${J(h(e.createdAt))}${r}, and nothing proves when it
    had the address`}let s=h(e.attachedAt);if(t<s)return l`it certainly had the address from ${w(s)}, and not yet at
    ${w(h(e.attachedNotBefore))}`;let n=h(e.provenUntil??e.releasedNotBefore),i=h(E(e));return l`it certainly had the address from
  ${w(s)}${n?l` to ${w(n)}`:d}${i?l`, and no longer at ${w(i)}`:d}`}function Po(e,t){let s=e.coverage.to??e.coverage.from;return l`<strong
      >No task is known to ${t?"have had":"have"} ${qt(e)}
      ${_e(e,t)}.</strong
    >
    No completed sweep has confirmed it
    yet${s?l`: sweeps confirm up to ${w(h(s))}`:d}.`}function qo(e,t){let s=h(e.at),[n]=K(e.coverage,s,s+1).filter(({kind:o})=>o==="unknown"),i=e.coverage.from===null?"No sweep has completed yet.":n?.why.startsWith("before")?l`Coverage begins at ${w(h(e.coverage.from))}.`:l`The instant lies in a gap${n?`: ${f(n.why)}`:""}.`;return l`<strong>Nobody can tell who had ${qt(e)} ${_e(e,t)}.</strong>
    ${i}`}var zn=e=>e<1e3?"less than 1 s":j(e);function Wn(e){let t=h(e.at),s=[...e.holders,...e.possible,...e.previous,...e.next],n=new Set(s.map(a=>a.subnetId)).size>1,i=a=>l`${It(a)}${n?jn(a):d}`,o=e.previous.map(a=>{let c=h(E(a)??a.releasedNotBefore),u=Rt(a)?"gone by":"until",m=c?l`, ${u} ${w(c)} <span class="quiet">(${zn(t-c)} before)</span>`:d;return l`<li><b>Before</b> <span>${i(a)}${m}</span></li>`}),r=e.next.map(a=>{let c=h(a.attachedAt);return l`<li>
      <b>After</b>
      <span
        >${i(a)}, from ${w(c)}
        <span class="quiet">(${zn(c-t)} later)</span></span
      >
    </li>`});return!o.length&&!r.length?d:l`<ul class="neighbours" aria-label="Who had it before and after">
    ${o}${r}
  </ul>`}var Uo=432e5,as=class extends Pt{question(t){return JSON.stringify([super.question(t),t.query.subnetId])}firstRange(){return super.firstRange(Uo)}async load(t){let[s]=this.route.args,{at:n,subnetId:i}=this.route.query;this.advance();let{from:o,to:r}=this.asked,a={ip:s,...i&&{subnetId:i}},c=[{...a,from:o,to:r},...n?[a]:[]],[u,{results:m}]=await Promise.all([T(["ips",s],{at:n,subnetId:i},{signal:t}),T(["lookups"],{},{signal:t,body:{lookups:c}})]),p=m.find(({error:g})=>g);if(p)throw new V(400,"Not answered",p.error.detail??String(p.error));return Do(u,m[0],m[1]??u,h(r))}page({answer:t,result:s,windowTo:n}){let i=this.route.query.at,o=new Map([...s.holders,...s.possible].map(c=>[c.taskArn,c])),[r,a]=os[t.verdict];return l`
      <header class="title">
        <h1 tabindex="-1">
          <span class="ip">${t.ip}</span>
          <span class="verdict ${t.verdict}"
            ><span aria-hidden="true">${r}</span> ${a}</span
          >
        </h1>
      </header>
      <div class="answer" aria-live="polite">
        ${Bn(t,i).map(c=>l`<p class="lead">${c}</p>`)}
      </div>
      ${this.#t(t)} ${Wn(t)}
      <time-picker .at=${i?h(i):null} .route=${this.route}></time-picker>
      <section class="card" aria-label="Time line">
        <time-line
          label="Who had ${t.ip}, from ${A(this.range.from)} to ${A(this.range.to)}"
          .from=${this.range.from}
          .to=${this.range.to}
          .lanes=${this.#e(s.spans??[],o,n)}
          .unknown=${K(t.coverage,this.range.from,Math.min(this.range.to,$()))}
          .at=${h(t.at)}
          .flag=${Hn(t)}
          zone=${this.route.query.zone??""}
          @range=${({detail:c})=>this.move(c)}
          @moment=${({detail:c})=>k({at:y(c)})}
        ></time-line>
        ${Nt(l`<li><i class="key bare"></i>inside coverage: no task</li>`)}
        <p class="quiet hint">
          Click the picture to ask about another moment. Drag to move, Ctrl + wheel to zoom.
        </p>
      </section>
      ${this.#s(s,o)}
    `}#t(t){let{subnetId:s}=this.route.query;if(s)return l`<p class="strip plain">
        Only <b>${f(s)}</b> is asked.
        <button type="button" @click=${()=>k({subnetId:""})}>All subnets</button>
      </p>`;let n=new Set([...t.holders,...t.possible,...t.previous].map(i=>i.subnetId).filter(Boolean));return n.size<2?d:l`<p class="strip plain">
      Several subnets use this address, each for itself. Ask about one:
      ${[...n].map(i=>l`<button type="button" @click=${()=>k({subnetId:i})}>${f(i)}</button>`)}
    </p>`}#e(t,s,n){let i=new Map,o=[...s.keys()];for(let r of t){let a=s.get(r.taskArn);if(!a)continue;let c=a.subnetId??"subnet not known";i.has(c)||i.set(c,{label:`in ${f(c)}`,bars:[]}),i.get(c).bars.push(zo(r,a,n,o.indexOf(r.taskArn)%2?"alt":""))}return i.size?[...i.values()]:[{label:"no task in this time",bars:[]}]}#s(t,s){if(!s.size)return R("No task is known in the time that is shown","Zoom out, or look at another moment.");let n=[...s.values()];return l`<section>
      <div class="bar">
        <h2>Holders in the time shown</h2>
        <button type="button" @click=${()=>this.querySelector("data-table").save("holders.csv")}>
          CSV
        </button>
      </div>
      <data-table
        class="short"
        label="Holders in the time shown"
        .rows=${n}
        .columns=${ls.filter(({key:i})=>i!=="address")}
        sort=${this.route.query.sort??"-from"}
        zone=${this.route.query.zone??""}
        @sort=${({detail:i})=>k({sort:i})}
      ></data-table>
    </section>`}},Kn=["holders","possible","previous","next"];function Do(e,t,s,n){let i=[e,t,s].flatMap(a=>Kn.flatMap(c=>a[c]??[])),o=a=>xt(a,i).map(c=>Ee(Se(c,s),t.spans??[],n)),r=a=>Object.fromEntries(Kn.filter(c=>a[c]).map(c=>[c,o(a[c])]));return{answer:{...e,...r(e)},result:{...t,...r(t)},windowTo:n}}function zo(e,t,s,n){let i=h(e.from),o=h(e.to)>=s&&!E(t)&&t.holds!=="not",r=o?$():h(e.to),a=e.certain?"certain":"possible",c=`${f(P(t))} ${N(t.taskId)}`,u=`${c}: ${e.certain?"certainly":"possibly"} ${A(i)} to ${o?"now":A(r)}`;return{id:t.taskArn,from:i,to:r,kind:a,hue:`hue-${St(P(t))} ${n}`,label:c,title:u,href:M(t)}}var Vn=(e,t,s,n={})=>({key:e,label:t,value:s,cell:i=>q(h(s(i))),...n});function Ho(e){return e.holds==="not"?l`<span class="quiet">passed on since</span>`:e.holds==="possibly"||e.attachedAtEstimated?l`<span class="quiet">may hold it</span>`:l`<span class="came">holds it</span>`}var ls=[Vn("from","From",e=>e.attachedAt,{narrow:!0}),Vn("until","Certainly until",Lt),{key:"to",label:"At the latest until",narrow:!0,value:E,cell:e=>E(e)?q(h(E(e))):Ho(e)},{key:"service",label:"Service",narrow:!0,value:P,cell:it},{key:"cluster",label:"Cluster",value:e=>e.cluster,cell:e=>l`<bdi>${f(e.cluster)}</bdi>`},{key:"taskId",label:"Task",value:e=>e.taskId,cell:e=>Ft(e)},{key:"address",label:"Address",value:e=>e.privateIpv4Address??e.ipv6Address,order:e=>Z(e.privateIpv4Address??e.ipv6Address),cell:e=>l`<span class="ip">${e.privateIpv4Address??e.ipv6Address??"–"}</span>`},{key:"subnetId",label:"Subnet",value:e=>e.subnetId,cell:e=>nt(e.subnetId)}];customElements.define("address-view",as);var cs=class extends L{async load(t){let s=await T(["enis",this.route.args[0]],{},{signal:t});return location.replace(M(s)),s}every(){return null}page(t){return l`<h1 tabindex="-1"><a href=${M(t)}>Its task</a></h1>`}};customElements.define("eni-view",cs);var Fn=60,hs=2e4,Bo=ls.filter(({key:e})=>e!=="service"&&e!=="cluster").map(e=>e.key==="address"?{...e,narrow:!0}:e),pt=e=>e.privateIpv4Address??e.ipv6Address??"no address",us=class extends Pt{async load(t,s){this.advance();let[n,i]=this.route.args,o=a=>s({...Zn(a),complete:!1});return Zn(await F(["services",n,i,"history"],this.asked,{signal:t,onPage:o,most:hs}))}page({items:t,coverage:s,complete:n}){let[i,o]=this.route.args,{query:r}=this.route,a=r.at?h(r.at):$(),c=a>=this.range.from&&a<=this.range.to,u=I(t.filter(m=>jo(m,a)).length,"task");return l` <header class="title">
        <h1 tabindex="-1">
          <bdi>${f(o)}</bdi>
          <small class="quiet"
            >service of cluster
            <a href=${C(["tasks"],{cluster:i})}><bdi>${f(i)}</bdi></a></small
          >
        </h1>
      </header>
      <p class="lead">
        ${c?l`${r.at?l`${J(a,!0)} it had`:"It has"}
              <strong>${u} with an address</strong>${r.at?"":" now"}.`:d}
        <span class="quiet"
          >${I(t.length,"task")} on
          ${I(new Set(t.map(pt)).size,"address","addresses")} from
          ${w(this.range.from)} to ${this.range.to>$()?"now":w(this.range.to)}.</span
        >
      </p>
      <time-picker .at=${r.at?a:null} .route=${this.route}></time-picker>
      ${r.at?Ot(s,a):d}
      ${n===!1&&t.length>=hs?l`<p class="strip">Only ${v(hs)} tasks were read. Zoom in to see the others.</p>`:d}
      <section class="card" aria-label="Time line">
        <time-line
          dense
          label="Tasks of ${f(o)} by address"
          .from=${this.range.from}
          .to=${this.range.to}
          .counts=${Vo(t,this.range)}
          .lanes=${Wo(t,r.at)}
          .unknown=${K(s,this.range.from,Math.min(this.range.to,$()))}
          .at=${r.at?a:null}
          .flag=${{verdict:"held",text:u}}
          zone=${r.zone??""}
          @range=${({detail:m})=>this.move(m)}
          @moment=${({detail:m})=>k({at:y(m)})}
        ></time-line>
        ${Nt()}
      </section>
      ${t.length?this.#t(t):R("No task of this service had an address in the time shown","Zoom out, or look at another time.")}`}#t(t){return l`<section>
      <div class="bar">
        <h2>Tasks in the time shown</h2>
        <button type="button" @click=${()=>this.querySelector("data-table").save("service.csv")}>
          CSV
        </button>
      </div>
      <data-table
        class="short"
        label="Tasks in the time shown"
        .rows=${t}
        .columns=${Bo}
        sort=${this.route.query.sort??"-from"}
        zone=${this.route.query.zone??""}
        @sort=${({detail:s})=>k({sort:s})}
      ></data-table>
    </section>`}},Zn=e=>({...e,items:xt(e.items)}),jo=(e,t)=>e.attachedAt!==null&&h(e.attachedAt)<=t&&(E(e)===null||h(E(e))>t);function Wo(e,t){let s=[...e].sort((c,u)=>h(u.attachedAt)-h(c.attachedAt)),n=new Set(s.map(pt).slice(0,5e3)),i=[...n].slice(0,Fn).sort((c,u)=>(Z(c)??"")<(Z(u)??"")?-1:1),o=new Map(i.map(c=>[c,0])),r=s.reverse().filter(c=>o.has(pt(c))).flatMap(c=>{let u=o.get(pt(c));return o.set(pt(c),u+1),Ko(c,u%2?"alt":"",t)});return[{label:n.size>i.length?`the ${Fn} addresses used last, of ${v(n.size)}`:"each address with its tasks",bars:r}]}function Ko(e,t,s){if(!e.attachedAt)return[];let n=h(E(e))??$(),i=h(e.attachedAt),o=e.attachedAtEstimated?i:h(Lt(e))??n;return[[h(e.attachedNotBefore)??i,i,"possible"],[i,o,"certain"],[o,n,"possible"]].filter(([a,c])=>a<c).map(([a,c,u])=>({id:pt(e),from:a,to:c,kind:u,hue:`hue-${St(P(e))} ${t}`,href:M(e,{at:s}),label:u==="certain"?`${pt(e)} ${N(e.taskId)}`:"",title:`${pt(e)} ${N(e.taskId)}: ${u==="certain"?"certainly":"possibly"} ${A(a)} to ${E(e)||c<$()-1e3?A(c):"now"}`}))}function Vo(e,{from:t,to:s}){let n=new Map([[t,0],[Math.min(s,$()),0]]),i=(r,a)=>n.set(r,(n.get(r)??0)+a);for(let r of e){if(!r.attachedAt||h(r.attachedAt)>=s)continue;i(Math.max(t,h(r.attachedAt)),1);let a=h(E(r));a&&a<s&&i(Math.max(t,a),-1)}let o=0;return[...n].sort((r,a)=>r[0]-a[0]).map(([r,a])=>({ms:r,n:o+=a}))}customElements.define("service-view",us);var rt=(e,t,s,n="")=>l`<button type="button" @click=${()=>me(e,fe(t,s()))}>
    CSV${n?l`<span class="hidden"> of ${n}</span>`:d}
  </button>`;var Yn=864e5,Jn=[["clusters","clusters swept"],["tasksSeen","tasks seen"],["missed","tasks of which no event had come"],["repaired","records repaired"],["closed","tasks closed that ECS no longer knew"],["drift","repairs of what events should have told (drift)"],["unreadable","tasks that could not be read"]],ds=class extends L{load(t){return T(["status"],{},{signal:t})}every(t,s){return Math.max(15e3,super.every(t,s))}page(t){let{coverage:s,lastEventAt:n,lastReconcile:i,version:o}=t;return l` <h1 tabindex="-1" class="lead"><strong>${Ae(s)}</strong></h1>
      <section class="card" aria-label="Coverage">${this.#t(s)}</section>
      <div class="bar">
        <h2>In figures</h2>
        ${rt("status.csv",Zo,()=>Yo(t))}
      </div>
      <dl class="tiles-of-facts">
        ${Ce("Coverage begins",h(s.from),"Before that, nobody can tell.")}
        ${Ce("Confirmed by sweeps up to",h(s.to),"Later answers may still change.")}
        ${Ce("Last event from ECS",h(n),"Exact to one minute.")}
        <div>
          <dt>Lag</dt>
          <dd>${Gn(s.to,"by sweeps")}, ${Gn(n,"by events")}</dd>
          <dd class="note">Where nothing changes, no events come.</dd>
        </div>
        ${Ce("Last completed sweep",h(i?.finishedAt??null),i?`It took ${j(h(i.finishedAt)-h(i.startedAt))}.`:"None yet.")}
        <div>
          <dt>Drift</dt>
          <dd class=${i?.drift?"fault":""}>
            ${i?v(i.drift??0):"–"}
          </dd>
          <dd class="note">Repairs of what events should have told: normally 0.</dd>
        </div>
      </dl>
      <p class="quiet">Version ${x(o)} of the service is deployed.</p>
      ${s.gaps.length?Jo(s.gaps):l`<p>There is no gap in the coverage.</p>`}
      ${i?Xo(i):d}`}#t(t){let s=$(),n=h(t.from)??s-36e5,i=s-n>2*Yn?s-Yn:null;return l`${i?l`<h2>The last 24 hours</h2>
            ${this.#e(t,i,s)}`:d}
      <h2>Since coverage began</h2>
      ${this.#e(t,n,s)}
      <ul class="legend">
        <li><i class="key certain good"></i>covered: “no task” means no task</li>
        <li><i class="key unknown"></i>unknown: tasks may be missing</li>
        <li><i class="key unconfirmed"></i>not confirmed by a sweep yet</li>
      </ul>`}#e(t,s,n){let i=Math.max(6e4,(n-s)*.03);return l`<time-line
      fixed
      label="Coverage from ${A(s)} to now"
      .from=${s-i}
      .to=${n+i}
      zone=${this.route.query.zone??""}
      .lanes=${[{bars:Fo(t,n)}]}
      .unknown=${K(t,s-i,n)}
    ></time-line>`}};function Fo(e,t){if(e.from===null||e.to===null)return[];let s=[],n=h(e.from),i=h(e.to);for(let[o,r]of[...On(e,t),[i,i]]){let a=Math.min(o,i);n<a&&s.push({id:`${n}`,from:n,to:a,kind:"certain",hue:"good",label:"covered",title:`Covered from ${A(n)} to ${A(a)}`}),n=Math.max(n,r)}return s}var Xn=e=>e===null?null:Math.max(0,$()-h(e)),Gn=(e,t)=>l`<span class="whole"
    >${e===null?"–":j(Xn(e))} <span class="quiet">${t}</span></span
  >`,Zo=[{key:"figure",value:([e])=>e},{key:"value",value:([,e])=>e}];function Yo({coverage:e,lastEventAt:t,lastReconcile:s,version:n}){let i=o=>o===null?null:Math.round(Xn(o)/1e3);return[["coverage begins",e.from],["confirmed by sweeps up to",e.to],["last event",t],["lag of sweeps in seconds",i(e.to)],["seconds since the last event",i(t)],["last sweep started",s?.startedAt],["last sweep finished",s?.finishedAt],...Jn.map(([o,r])=>[r,s?.[o]]),["gaps",e.gaps.length],["version",n]]}var Go=[{key:"from",value:e=>e.from},{key:"to",value:e=>e.to},{key:"seconds",value:e=>Math.round(((h(e.to)??$())-h(e.from))/1e3)},{key:"clusterArn",value:e=>e.clusterArn}],Ce=(e,t,s)=>l`<div>
    <dt>${e}</dt>
    <dd>${t===null?"–":l`${w(t)} <span class="quiet">${W(t)}</span>`}</dd>
    <dd class="note">${s}</dd>
  </div>`;function Jo(e){return l`<section>
    <div class="bar">
      <h2>Gaps</h2>
      ${rt("gaps.csv",Go,()=>e,"gaps")}
    </div>
    <p class="quiet">In these times, tasks of the cluster may have come and gone unseen.</p>
    <div class="plain-table" tabindex="0" role="region" aria-label="Gaps">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Length</th>
            <th scope="col">Cluster</th>
          </tr>
        </thead>
        <tbody>
          ${e.map(t=>l`<tr>
                <td>${q(h(t.from))}</td>
                <td>${t.to?q(h(t.to)):"lasts"}</td>
                <td>${j((h(t.to)??$())-h(t.from))}</td>
                <td title=${f(t.clusterArn)}>
                  <bdi>${f(ke(t.clusterArn))}</bdi>
                </td>
              </tr>`)}
        </tbody>
      </table>
    </div>
  </section>`}function Xo(e){return l`<section>
    <h2>The last completed sweep</h2>
    <dl class="counts">
      <dt>started</dt>
      <dd>${q(h(e.startedAt))}</dd>
      ${Jn.filter(([t])=>e[t]!==void 0&&e[t]!==null).map(([t,s])=>l`<dt>${s}</dt>
            <dd>${v(e[t])}</dd>`)}
    </dl>
  </section>`}customElements.define("status-view",ds);var ps=36e5,Qn=3e5,fs=1024;function ti(e,t,s,n){let i=new Map(t.map(a=>[a.taskArn,a])),o=new Map;for(let a of t){let c=h(a.releasedAt);if(!a[n]||c===null||c>s||s-c>ps)continue;let u=o.get(a[n]);if(u&&h(u.record.releasedAt)>c)continue;let m=s-c<Qn;o.set(a[n],{state:"released",record:a,changed:m})}let r=n==="ipv6Address";for(let a of e){if(a.address.includes(":")!==r)continue;let c=i.get(a.taskArn),u=a.certain??!c?.attachedAtEstimated,m=!!a.attachedAt&&s-h(a.attachedAt)<Qn,p=o.get(a.address);!u&&p?.state==="held"||o.set(a.address,{state:u?"held":"possible",row:a,record:c,changed:m})}return o}function ei(e,t,s,n){let{first:i,size:o}=X(e),r=X(t);return Array.from({length:o},(a,c)=>{let u=i+c,m=ge(u);return Qo(u,r)?{ip:m,state:"aws"}:{ip:m,...s.get(m)??{state:n}}})}function si(e,t){let s=X(e),{first:n,size:i}=X(t);return s?.bits!==24||s.first<n||s.first>=n+i?null:`${ge(s.first)}/24`}function Qo(e,{first:t,size:s}){return e<t+4||e===t+s-1}function ni(e,t){let s=X(e),n=Array.from({length:s.size/256},(i,o)=>({prefix:`${ge(s.first+o*256)}/24`,usable:256-(o===0?4:0)-(o===s.size/256-1?1:0),held:0,possible:0,released:0,changed:0}));for(let[i,{state:o,changed:r}]of t){let a=n[Math.floor((kt(i)-s.first)/256)];a&&(a[o]+=1,r&&(a.changed+=1))}return n}function Zt(e){let t={held:0,possible:0,released:0,changed:0};for(let{state:s,changed:n}of e.values())t[s]+=1,n&&(t.changed+=1);return t}var ms=12;function ii(e,{classes:t,tiled:s,rest:n,only:i,choose:o}){let r=new Map;for(let{row:p}of e.values())p&&r.set(p.service,(r.get(p.service)??0)+1);let a=[...r].sort((p,g)=>g[1]-p[1]),c=Zt(e);if(s)return er(a,c);let u=a.filter(([p])=>(t.get(p)??"hue-x")!=="hue-x"),m=(p,g,b)=>l`<li>
      <i class="key cell ${p}"></i>${g} ${b?l`<b>${v(b)}</b>`:d}
    </li>`;return l`<ul class="legend column" aria-label="Legend">
    ${u.map(([p,g])=>tr(p,g,t.get(p),i,o))}
    ${u.length<a.length?m("held hue-x","other tasks",0):d}
    ${m("possible","possible",c.possible)}
    ${m("released","released within the hour",c.released)}
    ${m("changed","changed in the last 5 minutes",c.changed)}
    ${n==="unknown"?m("unknown","unknown: nobody can tell",0):m("none","no task (an instance or a database may have it)",0)}
    ${m("aws","kept by AWS",0)}
  </ul>`}function tr(e,t,s,n,i){return l`<li>
    <button
      type="button"
      class="plain"
      aria-pressed=${n===e?"true":"false"}
      title="Show this service alone"
      @click=${()=>i(e)}
    >
      <i class="key cell held ${s}"></i><bdi>${f(e)}</bdi> <b>${v(t)}</b>
    </button>
  </li>`}function er(e,t){let s=(n,i,o)=>l`<li><i class="key ${n}"></i>${i} <b>${v(o)}</b></li>`;return l`<ul class="legend column" aria-label="Legend">
      ${s("bar held","held",t.held)} ${s("bar possible","possible",t.possible)}
      ${s("bar released","released within the hour",t.released)}
      ${s("cell changed","changed in the last 5 minutes",t.changed)}
    </ul>
    <section aria-label="Services">
      <p><b>${I(e.length,"service")}, most addresses first:</b></p>
      <ul class="legend column">
        ${e.slice(0,ms).map(([n,i])=>l`<li><bdi>${f(n??"no service")}</bdi> <b>${v(i)}</b></li>`)}
        ${e.length>ms?l`<li>and ${v(e.length-ms)} more</li>`:d}
      </ul>
    </section>`}var at=e=>e.row??e.record,ri=e=>at(e)?.taskArn.split("/").pop()??null,oi=e=>e.state==="released"?e.record.releasedAt:null,$s=e=>[{key:"address",label:"Address",narrow:!0,value:t=>t.ip,order:t=>Z(t.ip),cell:t=>l`<a class="ip" href=${D(t.ip,{at:e})}>${t.ip}</a>`},{key:"state",label:"State",narrow:!0,value:t=>pe[t.state],cell:t=>pe[t.state]},{key:"service",label:"Service",narrow:!0,value:t=>at(t)?.service,cell:t=>at(t)?.service?it(at(t)):x(null)},{key:"taskId",label:"Task",value:ri,cell:t=>sr(t,e)},{key:"since",label:"Since",value:t=>at(t)?.attachedAt,cell:t=>q(h(at(t)?.attachedAt??null))},{key:"cluster",label:"Cluster",value:t=>at(t)?.cluster,cell:t=>x(at(t)?.cluster)},{key:"released",label:"Released",value:oi,cell:t=>q(h(oi(t)))}];function sr(e,t){let{cluster:s,taskArn:n}=at(e),i=ri(e);return l`<a class="id" href=${M({cluster:s,taskId:i},{at:t})} title=${f(n)}
    >${N(i)}</a
  >`}var Ut=(e,t)=>({key:e,label:t,value:s=>s[e]}),ai=[Ut("prefix","Prefix"),Ut("usable","Usable"),Ut("held","Held"),Ut("possible","Possible"),Ut("released","Released within the hour"),Ut("changed","Changed in the last 5 minutes")];var nr=[["1 h",36e5],["6 h",216e5],["1 day",864e5],["7 days",6048e5]],ft=240,gs=class extends L{static properties={reach:{state:!0},sliding:{state:!0},only:{state:!0}};constructor(){super(),Object.assign(this,{reach:864e5,sliding:null,only:null}),this.colours=new Map,this.past=new Map}willUpdate(t){t.has("route")&&t.get("route")?.args[0]!==this.route.args[0]&&this.past.clear(),super.willUpdate(t)}async load(t){let{at:s}=this.route.query,n=s??"";if(this.past.has(n))return this.past.get(n);let[i]=this.route.args,o=s?h(s):$(),r={from:y(o-ps),...s&&{to:s}},[a,c,{items:u},{coverage:m}]=await Promise.all([this.#t(i,t),yn({subnetId:i,at:s},{signal:t}),F(["tasks"],{subnetId:i,...r},{signal:t}),T(["status"],{},{signal:t})]);if(!a&&!c.length&&!u.length)throw new V(404,"Not known",`No task was ever seen in ${i}.`);let[p,g]=["privateIpv4Address","ipv6Address"].map(_=>ti(c,u,o,_)),b={subnet:a,found:p,sixes:g,coverage:m,instant:o,at:s};return s&&this.past.set(n,b),b}async#t(t,s){return(this.subnet?.subnetId!==t||!Ie(this.subnet))&&(this.subnet=await ir(t,s)),this.subnet}page(t){let[s]=this.route.args,{subnet:n,found:i,sixes:o,coverage:r,instant:a,at:c}=t,u=this.#e(i);return l` <header class="title">
        <h1 tabindex="-1">
          <span class="id">${f(s)}</span>
          <small class="quiet"
            >${n?.ipv4Cidr??""} ${n?.ipv6Cidrs?.join(" ")??""}
            ${n?.availabilityZone??""} ${n?.vpcId??""}</small
          >
        </h1>
      </header>
      <p class="lead" aria-live="polite">${rr(t,this.#h(t))}</p>
      <time-picker .at=${c?h(c):null} .route=${this.route}></time-picker>
      ${this.#s()} ${c?Ot(r,a):d}
      <div class="beside">
        <div class="cards">${this.#i(u,t)}</div>
        <aside>
          ${n?.ipv4Cidr?ii(i,{classes:u,tiled:this.#c(n),rest:this.#h(t),only:this.only,choose:m=>this.only=this.only===m?null:m}):d}
          <section aria-label="What changed">
            ${fn([...i,...or(o)],a,c)}
          </section>
        </aside>
      </div>`}#e(t){let s=new Map;for(let{row:i}of t.values())i&&s.set(i.service,(s.get(i.service)??0)+1);let n=[...s].sort((i,o)=>o[1]-i[1]).map(([i])=>i);return Rn(n.filter(i=>i!==null),this.colours)}#s(){let t=$(),s=this.sliding??(this.route.query.at?h(this.route.query.at):t),n=Math.max(this.reach,t-s>this.reach?t-s:0),i=Math.round(ft-(t-s)/n*ft),o=({target:r})=>Number(r.value)===ft?null:Math.round(t-(ft-r.value)/ft*n);return l`<div class="slider">
      <label for="slide">Through time</label>
      <input
        id="slide"
        type="range"
        min="0"
        max=${ft}
        .value=${String(i)}
        aria-valuetext=${i===ft?"now":B(s)}
        @input=${r=>this.#n(o(r))}
      />
      <output for="slide">${i===ft?"now":B(s)}</output>
      <span class="buttons" role="group" aria-label="How far the slider reaches"
        >${nr.map(([r,a])=>l`<button
              type="button"
              aria-pressed=${this.reach===a?"true":"false"}
              @click=${()=>this.reach=a}
            >
              ${r}
            </button>`)}</span
      >
    </div>`}#n(t){this.sliding=t??$(),clearTimeout(this.timer),this.timer=setTimeout(()=>{this.sliding=null,k({at:t===null?"":y(t)})},150)}#i(t,s){let{subnet:n,found:i,sixes:o}=s;return n?.ipv4Cidr?l`<section class="card" aria-label="IPv4 addresses">
          ${this.#c(n)?this.#o(s):this.#r(t,s)}
        </section>
        ${o.size?this.#a("IPv6 addresses",o,s):d}`:!Ie(n)&&!i.size&&!o.size?R("No address is known here","The prefix of this subnet has not been looked up yet."):Ie(n)?o.size?this.#a("IPv6 addresses",o,s):R("No task has an address here","This subnet has IPv6 addresses alone, too many to draw: those with a task are listed."):l`<p class="quiet">
          The prefix of this subnet is not known yet, so only addresses with a task are listed.
        </p>
        ${this.#a("Addresses",new Map([...i,...o]),s)}`}#o({subnet:{subnetId:t,ipv4Cidr:s},found:n,at:i}){let o=ni(s,n),{block:r}=this.route.query;return l`<div class="bar">
        <b class="ip">${s}</b>
        ${rt("subnet.csv",ai,()=>o)}
      </div>
      ${r?l`<p class="strip plain">
            There is no /24 <b>${f(r)}</b> here: all of ${s} is shown.
          </p>`:d}
      <p class="quiet">
        Each tile is a /24, named by its third number:
        ${s.split(".").slice(0,2).join(".")}.<b>x</b>.0. The bold number is how many of its
        addresses tasks hold. Open one to see them.
      </p>
      ${pn(o,a=>H(t,{at:i,block:a}))}`}#r(t,s){let{subnet:n,found:i,instant:o,at:r}=s,a=this.#l(n),c=ei(a??n.ipv4Cidr,n.ipv4Cidr,i,this.#h(s));return l`<div class="bar">
        ${a?l`<a href=${H(n.subnetId,{at:r})}>← all of ${n.ipv4Cidr}</a>`:d}
        <b class="ip">${a??n.ipv4Cidr}</b>
        ${rt("subnet.csv",$s(r),()=>c)}
      </div>
      <address-grid
        .cells=${c}
        .classes=${t}
        .instant=${o}
        .at=${r}
        .only=${this.only}
        zone=${this.route.query.zone??""}
      ></address-grid>`}#a(t,s,{at:n}){let i=[...s].map(([a,c])=>({...c,ip:a})),o=$s(n),{sort:r="address"}=this.route.query;return l`<section>
      <div class="bar">
        <h2>${t}</h2>
        ${rt("addresses.csv",o,()=>Ve(i,o,r),t)}
      </div>
      <data-table
        class="short long-addresses"
        label=${t}
        .rows=${i}
        .columns=${o}
        .rowKey=${a=>a.ip}
        .rowClass=${a=>a.changed?"fresh":""}
        sort=${r}
        zone=${this.route.query.zone??""}
        @sort=${({detail:a})=>k({sort:a})}
      ></data-table>
    </section>`}#l({ipv4Cidr:t}){let{block:s}=this.route.query;return s&&X(t).size>fs?si(s,t):null}#c(t){return X(t.ipv4Cidr).size>fs&&!this.#l(t)}#h({coverage:t,instant:s,at:n}){return(n?K(t,s,s+1):[]).some(({kind:o})=>o==="unknown")?"unknown":"none"}};async function ir(e,t){let{items:s}=await F(["subnets"],{},{signal:t});return s.find(n=>n.subnetId===e)??null}var Ie=e=>!!(e?.ipv4Cidr||e?.ipv6Cidrs?.length),or=e=>[...e].filter(([,{record:t}])=>!t?.privateIpv4Address),li=e=>I(e,"IPv6 address","IPv6 addresses");function rr({subnet:e,found:t,sixes:s,at:n},i){let o=n?l`${J(h(n),!0)}, tasks held`:l`Tasks hold`,[r,a]=[Zt(t),Zt(s)],c=a.held?l`, and <strong>${li(a.held)}</strong>`:d;if(!Ie(e))return l`${o} <strong>${I(r.held,"address","addresses")}</strong> here${c}.`;if(!e.ipv4Cidr)return l`${o} <strong>${li(a.held)}</strong> here.
      <span class="quiet">${ci(a)}.</span>`;let u=ue(r.held,e.usable),m=e.usable-r.held-r.possible-r.released;return l`${o} <strong>${v(r.held)} of ${v(e.usable)}</strong> usable
    addresses, <strong>${u}</strong>${c}.
    <span class="quiet"
      >${ci(r)}, ${v(m)}
      ${i==="unknown"?"of which nobody can tell":"without a task"}.</span
    >`}var ci=({possible:e,released:t})=>`${e?`${v(e)} possibly held, `:""}${v(t)} released within the hour`;customElements.define("subnet-view",gs);var Yt=e=>[e.ipv4Cidr,...e.ipv6Cidrs??[]].filter(Boolean),ar=e=>!e.ipv4Cidr&&Yt(e).length>0,bs=(e,t)=>{let s=i=>ar(i)?null:i[e];return{key:e,label:t,value:s,cell:i=>s(i)===null?x(null):v(s(i))}},ys=e=>e.usable?e.held/e.usable:null,lr=[{key:"subnetId",label:"Subnet",narrow:!0,value:e=>e.subnetId,cell:e=>l`<a class="id" href=${H(e.subnetId)}>${f(e.subnetId)}</a>`},{key:"ipv4Cidr",label:"Prefix",narrow:!0,value:e=>Yt(e).join(" "),order:e=>Z(Yt(e)[0]?.split("/")[0]),cell:e=>l`<span class="ip" title=${Yt(e).join(" ")}>${x(Yt(e)[0])}</span>`},{key:"full",label:"Held by tasks",narrow:!0,value:ys,cell:cr},bs("held","Held"),bs("usable","Usable"),bs("released","Released in the last hour"),{key:"rest",label:"Without a task",value:vs,cell:e=>vs(e)===null?x(null):v(vs(e))},{key:"availabilityZone",label:"Zone",value:e=>e.availabilityZone,cell:e=>x(e.availabilityZone)},{key:"vpcId",label:"VPC",value:e=>e.vpcId,cell:e=>x(e.vpcId)}];function vs(e){return e.usable===null?null:e.usable-e.held-e.released}function cr(e){return ys(e)===null?x(null):l`<span class="meter wide"
      ><i class="held" ${G({width:`${100*ys(e)}%`})}></i
      ><i class="released" ${G({width:`${100*e.released/e.usable}%`})}></i
    ></span>
    ${ue(e.held,e.usable)}`}var ws=class extends L{load(t){return F(["subnets"],{},{signal:t})}page({items:t}){let s=t.reduce((i,o)=>i+o.held,0);if(!t.length)return l`<h1 tabindex="-1" class="lead">No subnet yet</h1>
        ${R("No task was seen in any subnet","Subnets appear with the first task that has an address.")}`;let n=t.some(i=>i.ipv6Cidrs?.length)?"IPv4 ":"";return l`<h1 tabindex="-1" class="lead">
        Tasks hold ${I(s,`${n}address`,`${n}addresses`)} in
        ${I(t.length,"subnet")} now.
      </h1>
      <div class="bar">
        <button type="button" @click=${()=>this.querySelector("data-table").save("subnets.csv")}>
          CSV
        </button>
      </div>
      <data-table
        label="Subnets"
        .rows=${t}
        .columns=${lr}
        .rowKey=${i=>i.subnetId}
        sort=${this.route.query.sort??"-full"}
        @sort=${({detail:i})=>k({sort:i})}
      ></data-table>`}};customElements.define("subnets-view",ws);var ui=[["createdAt","created"],["attachedNotBefore","certainly without its address"],["attachedAt","first proof of its address"],["connectivityAt","connected"],["startedAt","started"],["stoppingAt","stopping"],["executionStoppedAt","last container stopped"],["releasedNotBefore","last proof of its address"],["releasedAt","certainly without its address again"],["stoppedAt","stopped"],["missingAt","no longer known to ECS"]],di=[["Address",["privateIpv4Address","ipv6Address","addressState","subnetId","vpcId","networkInterfaceId","macAddress","privateDnsName","attachmentId","attachmentStatus","networkMode"]],["Task",["taskArn","taskId","cluster","clusterArn","service","group","startedBy","taskDefinitionArn","version","account","region"]],["Where it runs",["launchType","capacityProviderName","platformVersion","availabilityZone","containerInstanceArn"]],["State",["lastStatus","desiredStatus","live","stopCode","stoppedReason","source","observedAt","attachedAtEstimated","releasedAtEstimated"]]],hr=[...di.flatMap(([,e])=>e),...ui.map(([e])=>e)].map(e=>({key:e,value:t=>t[e]})),ks=class extends L{question(t){return JSON.stringify([super.question(t),t.query.arn])}async load(t){let{record:s,choices:n}=await this.#t(t);return n?{choices:n}:{record:await ur(s,t)}}async#t(t){let{arn:s}=this.route.query;try{return{record:await T(["tasks",...this.route.args],{},{signal:t})}}catch(n){let i=n.status===409?n.body.choices:null;if(!i)throw n;let o=i.find(r=>r.taskArn===s);return o?{record:o}:{choices:i}}}every({record:t},s){return t?.live?super.every(t,s):null}page({record:t,choices:s}){return s?this.#e(s):l` <header class="title">
        <h1 tabindex="-1">
          Task <span class="id" title=${f(t.taskId)}>${N(t.taskId)}</span>
          <span class="verdict ${Gt(t)?"held":"none"}"
            >${f(t.lastStatus)}</span
          >
        </h1>
      </header>
      <p class="lead">${fr(t)}</p>
      ${t.stoppedReason?l`<p class="strip plain">
            <strong>${x(t.stopCode)}</strong> ${x(t.stoppedReason)}
          </p>`:d}
      <section class="card" aria-label="Its life">${this.#s(t)}${Nt()}</section>
      <div class="bar">
        <h2>All that is known of it</h2>
        ${rt("task.csv",hr,()=>[t])}
      </div>
      <div class="facts">
        <section>
          <h2>Its life</h2>
          <dl>
            ${ui.filter(([n])=>t[n]).sort((n,i)=>h(t[n[0]])-h(t[i[0]])).map(([n,i])=>l`<dt>${i} <small class="quiet">${n}</small></dt>
                    <dd>
                      ${q(h(t[n]))}
                      <span class="quiet">${W(h(t[n]))}</span>
                    </dd>`)}
          </dl>
        </section>
        ${di.map(([n,i])=>l`<section>
              <h2>${n}</h2>
              <dl>
                ${i.map(o=>l`<dt>${o}</dt>
                      <dd>${gr(t,o)}</dd>`)}
              </dl>
            </section>`)}
      </div>`}#e(t){return l`<h1 tabindex="-1" class="lead">Several tasks have this id. Which one?</h1>
      <ul>
        ${t.map(s=>l`<li>
              <button type="button" @click=${()=>k({arn:s.taskArn})}>
                account ${f(s.account)}, ${f(s.region)}
              </button>
              ${x(s.taskArn)}
            </li>`)}
      </ul>`}#s(t){let s=h(t.createdAt),n=h(t.stoppedAt??E(t)??t.missingAt)??$(),i=Math.max(2e3,(n-s)*.05);return l`<time-line
      fixed
      label="The life of the task, ${A(s)} to ${Gt(t)?"now":A(n)}"
      .from=${s-i}
      .to=${n+i}
      .lanes=${[{label:"the task",bars:[dr(t,s,n)]},{label:f(`its address ${As(t)??""}`),bars:pr(t)}]}
      zone=${this.route.query.zone??""}
    ></time-line>`}};async function ur(e,t){let s=As(e),n=e.releasedAt&&!e.releasedAtEstimated;if(!s||!e.attachedAt||!e.subnetId||n)return e;let i={ip:s,subnetId:e.subnetId},o=async p=>{let{results:g}=await T(["lookups"],{},{signal:t,body:{lookups:[p]}});return g[0]},r=await o(i);if(r.error)return e;let a=Se(e,r);if(a.holds!=="not")return a;let c=e.releasedAt??y($()-1e3);if(e.attachedAt>=c)return xt([a],r.holders)[0];let u=await o({...i,from:e.attachedAt,to:c}),m=u.error?r.holders:[...u.holders,...u.possible];return Ee(xt([a],m)[0],u.spans??[],h(c))}var As=e=>e.privateIpv4Address??e.ipv6Address,dr=(e,t,s)=>({id:"task",from:t,to:s,kind:"certain",hue:"hue-x",label:Gt(e)?"exists":`existed ${j(s-t)}`,title:`The task existed from ${A(t)} to ${Gt(e)?"now":A(s)}`});function pr(e){if(!e.attachedAt)return[];let[t,s,n,i]=[e.attachedNotBefore,e.attachedAt,Lt(e),E(e)].map(h),o=n??(i||$()),r=e.attachedAtEstimated?[[t,i??$(),"possible"]]:[[t,s,"possible"],[s,o,"certain"],[o,i??o,"possible"]],a=`hue-${St(P(e))}`;return r.filter(([c,u])=>c!==null&&c<u).map(([c,u,m])=>({id:"address",from:c,to:u,kind:m,hue:a,label:m==="certain"?`held ${j(u-c)}`:"",title:`${m==="certain"?"Certainly":"Possibly"} held from ${A(c)} to ${A(u)}`}))}function fr(e){let t=e.service?l`service ${it(e)}`:x(e.group??"no service"),s=l`cluster
    <a href=${C(["tasks"],{cluster:e.cluster})}><bdi>${f(e.cluster)}</bdi></a>`,n=As(e),i=h(e.stoppedAt??e.missingAt),o=e.live?$r(e):e.stoppedAt?l` It stopped at ${w(i)}.`:l` ECS no longer knew it at ${w(i??$())}; its end is an estimate.`;if(!n)return l`It belongs to ${t} of ${s} and
    ${e.addressState==="pending"?"has no address yet":"never had an address of its own"}.${o}`;let r=e.subnetId?l` in ${nt(e.subnetId)}`:d;return l`It belongs to ${t} of ${s} and
    <strong>${mr(e)?"holds":"held"} ${de(n)}</strong>${r},
    ${rs(e)}.${o}`}var Gt=e=>e.live&&!Rt(e)&&e.holds!=="not",mr=e=>e.addressState==="held"&&!E(e)&&e.holds!=="not";function $r(e){return Gt(e)?d:l` Another task has had the address since, so it must have ended; ECS has not said so
  yet.`}var hi={privateIpv4Address:e=>D(e.privateIpv4Address),ipv6Address:e=>D(e.ipv6Address),subnetId:e=>H(e.subnetId),service:e=>ht(e.cluster,e.service)};function gr(e,t){let s=e[t];return s===!0||s===!1?s?"yes":"no":s==null?x(null):t==="observedAt"?q(h(s)):hi[t]?l`<a href=${hi[t](e)}>${x(s)}</a>`:x(s)}customElements.define("task-view",ks);var xs=3e5,Jt=e=>e.privateIpv4Address??e.ipv6Address,br=e=>e.releasedAt??e.stoppedAt??e.missingAt;function Te(e){return h(e.live?e.attachedAt??e.createdAt:br(e))}var Ss=e=>$()-Te(e)<xs,vr=e=>`${e.live?Jt(e)?"got its address":"appeared":"left"} ${W(Te(e))}`,Y=(e,t,s={})=>({key:e,label:t,value:n=>n[e],cell:n=>l`<span title=${f(n[e]??"")}>${x(n[e])}</span>`,...s}),Es=[{key:"address",label:"Address",narrow:!0,value:Jt,order:e=>Z(Jt(e)),cell:e=>Jt(e)?de(Jt(e)):l`<span class="none">${e.addressState==="pending"?"pending":"–"}</span>`},{key:"service",label:"Service",narrow:!0,value:P,cell:it},Y("cluster","Cluster"),{key:"taskId",label:"Task",value:e=>e.taskId,cell:e=>Ft(e)},Y("lastStatus","Status",{narrow:!0}),{key:"since",label:"Has its address since",value:e=>e.attachedAt,cell:e=>q(h(e.attachedAt))},{key:"subnetId",label:"Subnet",value:e=>e.subnetId,cell:e=>nt(e.subnetId)},Y("availabilityZone","Zone"),Y("launchType","Launch type"),Y("addressState","Address state",{extra:!0}),Y("ipv6Address","IPv6",{extra:!0}),Y("networkInterfaceId","Network interface",{extra:!0}),Y("vpcId","VPC",{extra:!0}),Y("taskDefinitionArn","Task definition",{extra:!0}),Y("capacityProviderName","Capacity provider",{extra:!0}),Y("startedBy","Started by",{extra:!0})],pi={key:"change",label:"What changed",narrow:!0,value:e=>`${e.live?"appeared":"left"} ${y(Te(e))}`,order:e=>-Te(e),cell:e=>l`<span class=${e.live?"came":"went"}>${vr(e)}</span>`};var fi=[["cluster","Cluster"],["service","Service"],["subnetId","Subnet"],["lastStatus","Status"],["addressState","Address state"],["launchType","Launch type"]],_s=class extends L{async load(t,s){let{at:n}=this.route.query,i=n?{at:n}:{from:y($()-xs)},o=await F(["tasks"],i,{signal:t,onPage:r=>s({...r,more:!0})});return n||Je(o.items),o}every(t,s){return Math.max(super.every(t,s),3e3*Math.ceil(t.items.length/1e3))}page(t){let{query:s}=this.route,n=this.isLive&&s.show==="changes",i=t.items,o=this.isLive?i.filter(c=>c.live):i,r=this.isLive?i.filter(Ss):[],a=this.#e(n?r:o);return l`
      <h1 tabindex="-1" class="lead">${this.#t(o,r,t)}</h1>
      <time-picker .at=${s.at?h(s.at):null} .route=${this.route}></time-picker>
      ${s.at&&t.coverage?Ot(t.coverage,h(s.at)):d}
      ${this.#s(o,r,n,a)}
      ${a.length||t.more?this.#a(a,n):this.#l(n?r:o,n)}
    `}#t(t,s,n){let i=t.filter(c=>c.addressState==="held").length,o=new Set(t.map(c=>c.clusterArn)).size;if(n.more)return l`${v(t.length)} tasks so far…`;if(!this.isLive)return l`${J(h(this.route.query.at),!0)} there were
      ${I(t.length,"task")} in ${I(o,"cluster")}.`;let r=s.filter(c=>c.live).length,a=s.length-r;return l`${I(t.length,"task")} in ${I(o,"cluster")} now,
      ${v(i)} with an address.
      <span class="quiet"
        >In the last 5 minutes, ${v(r)} appeared and ${v(a)} left.</span
      >`}#e(t){let{query:s}=this.route,n=ve(s.q??""),i=fi.filter(([o])=>s[o]);return t.filter(o=>i.every(([r])=>String(o[r])===s[r])&&n(o))}#s(t,s,n,i){return l`<div class="bar">
      ${this.isLive?this.#n(t,s,n):d}
      ${fi.map(([o,r])=>this.#i(t,o,r))} ${this.#r()}
      <button type="button" @click=${()=>this.querySelector("data-table")?.save("tasks.csv")}>
        CSV
      </button>
      <output class="quiet" aria-live="polite"
        >${i.length===t.length?"":`${v(i.length)} shown`}</output
      >
    </div>`}#n(t,s,n){let i=(o,r,a)=>l`<button
        type="button"
        aria-pressed=${o?"true":"false"}
        @click=${()=>k({show:a,sort:""})}
      >
        ${r}
      </button>`;return l`<span class="buttons" role="group" aria-label="Which tasks">
      ${i(!n,`All now ${v(t.length)}`,"")}
      ${i(n,`Changed in the last 5 min ${v(s.length)}`,"changes")}
    </span>`}#i(t,s,n){let i=this.route.query[s]??"",o=new Map;for(let a of t)o.set(a[s],(o.get(a[s])??0)+1);let r=[...o.keys()].filter(a=>a!==null).sort();return r.length<2&&!i?d:(i&&!r.includes(i)&&r.push(i),l`<label class="filter ${i?"on":""}"
      ><span>${n}</span>
      <select @change=${({target:a})=>k({[s]:a.value})}>
        <option value="" ?selected=${!i}>all</option>
        ${r.map(a=>l`<option value=${a} ?selected=${a===i}>
              ${f(a)} (${v(o.get(a)??0)})
            </option>`)}
      </select></label
    >`)}get#o(){let t=this.route.query.columns?.split(",");return Es.filter(({key:s,extra:n})=>t?t.includes(s):!n)}#r(){let t=new Set(this.#o.map(({key:n})=>n)),s=n=>{t.delete(n)||t.add(n),k({columns:[...t].join(",")})};return l`<details class="menu">
      <summary>Columns</summary>
      <div>
        ${Es.map(({key:n,label:i})=>l`<label
              ><input
                type="checkbox"
                .checked=${t.has(n)}
                @change=${()=>s(n)}
              />${i}</label
            >`)}
      </div>
    </details>`}#a(t,s){let n=s?[pi,...this.#o]:this.#o,i=this.route.query.sort??(s?"change":"address");return l`<data-table
      label="Tasks"
      .rows=${t}
      .columns=${n}
      sort=${i}
      zone=${this.route.query.zone??""}
      .rowClass=${o=>!this.isLive||s?"":Ss(o)?"fresh":""}
      @sort=${({detail:o})=>k({sort:o})}
    ></data-table>`}#l(t,s){return s&&!t.length?R("Nothing changed in the last 5 minutes","No task appeared, and none left."):t.length?R("No task matches","Search for less, or set the filters back to “all”."):this.isLive?R("No tasks yet","Tasks appear here seconds after ECS starts them, and all that run already after the first sweep."):R("No task is known of that time","See above whether the inventory could have known.")}};customElements.define("tasks-view",_s);var yr={tasks:e=>l`<tasks-view .route=${e}></tasks-view>`,address:e=>l`<address-view .route=${e}></address-view>`,task:e=>l`<task-view .route=${e}></task-view>`,subnets:e=>l`<subnets-view .route=${e}></subnets-view>`,subnet:e=>l`<subnet-view .route=${e}></subnet-view>`,service:e=>l`<service-view .route=${e}></service-view>`,status:e=>l`<status-view .route=${e}></status-view>`,eni:e=>l`<eni-view .route=${e}></eni-view>`,lost:({reason:e})=>l`<section>
      <h1 tabindex="-1" class="lead">There is no such page.</h1>
      ${e?l`<p>${f(e)}</p>`:""}
      ${R("Tasks, subnets and status are above","Or write an address into the search box.")}
    </section>`},wr=[["tasks","Tasks",["tasks","task","address","service","eni"]],["subnets","Subnets",["subnets","subnet"]],["status","Status",["status"]]],Cs=class extends S{static properties={route:{state:!0}};constructor(){super(),this.#t(),window.addEventListener("hashchange",()=>this.#t())}createRenderRoot(){return this}#t(){this.route=he(),rn(this.route.query.zone),document.title=[...this.route.args.slice(-1),this.route.view].map(f).join(" · ").concat(" – ECS IP Inventory")}updated(t){let s=t.get("route"),n=i=>JSON.stringify([i.view,i.args]);!s||n(s)===n(this.route)||(window.scrollTo(0,0),this.querySelector("main").focus({preventScroll:!0}))}#e(){k({zone:this.route.query.zone==="utc"?"":"utc"})}render(){let{view:t,args:s,query:n}=this.route;return l` <a class="skip" href="#main" @click=${i=>this.#s(i)}
        >To the content</a
      >
      <header class="top">
        <a class="brand" href=${C(["tasks"])}><b>ECS IP</b> Inventory</a>
        <nav aria-label="Views">
          ${wr.map(([i,o,r])=>l`<a
                href=${C([i])}
                aria-current=${r.includes(t)?t===i?"page":"true":"false"}
                >${o}</a
              >`)}
        </nav>
        <search-box .route=${this.route}></search-box>
        <live-light></live-light>
        <button
          type="button"
          class="zone"
          aria-pressed=${n.zone==="utc"?"true":"false"}
          title="Times are in ${yt()}"
          @click=${this.#e}
        >
          UTC
        </button>
      </header>
      <main id="main" tabindex="-1">
        ${tn(`${t}/${s.join("/")}`,yr[t](this.route))}
      </main>
      <trust-line .route=${this.route}></trust-line>`}#s(t){t.preventDefault(),this.querySelector("main").focus()}};customElements.define("console-app",Cs);document.body.prepend(document.createElement("console-app"));
