var jt=globalThis,Wt=jt.ShadowRoot&&(jt.ShadyCSS===void 0||jt.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,hs=Symbol(),cs=new WeakMap,Bt=class{constructor(t,s,n){if(this._$cssResult$=!0,n!==hs)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=s}get styleSheet(){let t=this.o,s=this.t;if(Wt&&t===void 0){let n=s!==void 0&&s.length===1;n&&(t=cs.get(s)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&cs.set(s,t))}return t}toString(){return this.cssText}},us=e=>new Bt(typeof e=="string"?e:e+"",void 0,hs);var ds=(e,t)=>{if(Wt)e.adoptedStyleSheets=t.map(s=>s instanceof CSSStyleSheet?s:s.styleSheet);else for(let s of t){let n=document.createElement("style"),i=jt.litNonce;i!==void 0&&n.setAttribute("nonce",i),n.textContent=s.cssText,e.appendChild(n)}},pe=Wt?e=>e:e=>e instanceof CSSStyleSheet?(t=>{let s="";for(let n of t.cssRules)s+=n.cssText;return us(s)})(e):e;var{is:Nn,defineProperty:Mn,getOwnPropertyDescriptor:Ln,getOwnPropertyNames:Rn,getOwnPropertySymbols:Pn,getPrototypeOf:On}=Object,Kt=globalThis,ps=Kt.trustedTypes,qn=ps?ps.emptyScript:"",Un=Kt.reactiveElementPolyfillSupport,Rt=(e,t)=>e,fe={toAttribute(e,t){switch(t){case Boolean:e=e?qn:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let s=e;switch(t){case Boolean:s=e!==null;break;case Number:s=e===null?null:Number(e);break;case Object:case Array:try{s=JSON.parse(e)}catch{s=null}}return s}},ms=(e,t)=>!Nn(e,t),fs={attribute:!0,type:String,converter:fe,reflect:!1,useDefault:!1,hasChanged:ms};Symbol.metadata??=Symbol("metadata"),Kt.litPropertyMetadata??=new WeakMap;var X=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,s=fs){if(s.state&&(s.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((s=Object.create(s)).wrapped=!0),this.elementProperties.set(t,s),!s.noAccessor){let n=Symbol(),i=this.getPropertyDescriptor(t,n,s);i!==void 0&&Mn(this.prototype,t,i)}}static getPropertyDescriptor(t,s,n){let{get:i,set:o}=Ln(this.prototype,t)??{get(){return this[s]},set(r){this[s]=r}};return{get:i,set(r){let l=i?.call(this);o?.call(this,r),this.requestUpdate(t,l,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??fs}static _$Ei(){if(this.hasOwnProperty(Rt("elementProperties")))return;let t=On(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Rt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Rt("properties"))){let s=this.properties,n=[...Rn(s),...Pn(s)];for(let i of n)this.createProperty(i,s[i])}let t=this[Symbol.metadata];if(t!==null){let s=litPropertyMetadata.get(t);if(s!==void 0)for(let[n,i]of s)this.elementProperties.set(n,i)}this._$Eh=new Map;for(let[s,n]of this.elementProperties){let i=this._$Eu(s,n);i!==void 0&&this._$Eh.set(i,s)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let s=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let i of n)s.unshift(pe(i))}else t!==void 0&&s.push(pe(t));return s}static _$Eu(t,s){let n=s.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,s=this.constructor.elementProperties;for(let n of s.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ds(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,s,n){this._$AK(t,n)}_$ET(t,s){let n=this.constructor.elementProperties.get(t),i=this.constructor._$Eu(t,n);if(i!==void 0&&n.reflect===!0){let o=(n.converter?.toAttribute!==void 0?n.converter:fe).toAttribute(s,n.type);this._$Em=t,o==null?this.removeAttribute(i):this.setAttribute(i,o),this._$Em=null}}_$AK(t,s){let n=this.constructor,i=n._$Eh.get(t);if(i!==void 0&&this._$Em!==i){let o=n.getPropertyOptions(i),r=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:fe;this._$Em=i;let l=r.fromAttribute(s,o.type);this[i]=l??this._$Ej?.get(i)??l,this._$Em=null}}requestUpdate(t,s,n,i=!1,o){if(t!==void 0){let r=this.constructor;if(i===!1&&(o=this[t]),n??=r.getPropertyOptions(t),!((n.hasChanged??ms)(o,s)||n.useDefault&&n.reflect&&o===this._$Ej?.get(t)&&!this.hasAttribute(r._$Eu(t,n))))return;this.C(t,s,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,s,{useDefault:n,reflect:i,wrapped:o},r){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,r??s??this[t]),o!==!0||r!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(s=void 0),this._$AL.set(t,s)),i===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(s){Promise.reject(s)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,o]of this._$Ep)this[i]=o;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[i,o]of n){let{wrapped:r}=o,l=this[i];r!==!0||this._$AL.has(i)||l===void 0||this.C(i,void 0,o,l)}}let t=!1,s=this._$AL;try{t=this.shouldUpdate(s),t?(this.willUpdate(s),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(s)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(s)}willUpdate(t){}_$AE(t){this._$EO?.forEach(s=>s.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(s=>this._$ET(s,this[s])),this._$EM()}updated(t){}firstUpdated(t){}};X.elementStyles=[],X.shadowRootOptions={mode:"open"},X[Rt("elementProperties")]=new Map,X[Rt("finalized")]=new Map,Un?.({ReactiveElement:X}),(Kt.reactiveElementVersions??=[]).push("2.1.2");var $e=globalThis,$s=e=>e,Vt=$e.trustedTypes,gs=Vt?Vt.createPolicy("lit-html",{createHTML:e=>e}):void 0,ge="$lit$",Q=`lit$${Math.random().toFixed(9).slice(2)}$`,be="?"+Q,zn=`<${be}>`,ft=document,Ot=()=>ft.createComment(""),qt=e=>e===null||typeof e!="object"&&typeof e!="function",ve=Array.isArray,As=e=>ve(e)||typeof e?.[Symbol.iterator]=="function",me=`[ 	
\f\r]`,Pt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,bs=/-->/g,vs=/>/g,dt=RegExp(`>|${me}(?:([^\\s"'>=/]+)(${me}*=${me}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),ys=/'/g,ws=/"/g,xs=/^(?:script|style|textarea|title)$/i,ye=e=>(t,...s)=>({_$litType$:e,strings:t,values:s}),a=ye(1),O=ye(2),Ao=ye(3),z=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),ks=new WeakMap,pt=ft.createTreeWalker(ft,129);function Ss(e,t){if(!ve(e)||!e.hasOwnProperty("raw"))throw Error("invalid template strings array");return gs!==void 0?gs.createHTML(t):t}var _s=(e,t)=>{let s=e.length-1,n=[],i,o=t===2?"<svg>":t===3?"<math>":"",r=Pt;for(let l=0;l<s;l++){let c=e[l],u,$,f=-1,g=0;for(;g<c.length&&(r.lastIndex=g,$=r.exec(c),$!==null);)g=r.lastIndex,r===Pt?$[1]==="!--"?r=bs:$[1]!==void 0?r=vs:$[2]!==void 0?(xs.test($[2])&&(i=RegExp("</"+$[2],"g")),r=dt):$[3]!==void 0&&(r=dt):r===dt?$[0]===">"?(r=i??Pt,f=-1):$[1]===void 0?f=-2:(f=r.lastIndex-$[2].length,u=$[1],r=$[3]===void 0?dt:$[3]==='"'?ws:ys):r===ws||r===ys?r=dt:r===bs||r===vs?r=Pt:(r=dt,i=void 0);let v=r===dt&&e[l+1].startsWith("/>")?" ":"";o+=r===Pt?c+zn:f>=0?(n.push(u),c.slice(0,f)+ge+c.slice(f)+Q+v):c+Q+(f===-2?l:v)}return[Ss(e,o+(e[s]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},Ut=class e{constructor({strings:t,_$litType$:s},n){let i;this.parts=[];let o=0,r=0,l=t.length-1,c=this.parts,[u,$]=_s(t,s);if(this.el=e.createElement(u,n),pt.currentNode=this.el.content,s===2||s===3){let f=this.el.content.firstChild;f.replaceWith(...f.childNodes)}for(;(i=pt.nextNode())!==null&&c.length<l;){if(i.nodeType===1){if(i.hasAttributes())for(let f of i.getAttributeNames())if(f.endsWith(ge)){let g=$[r++],v=i.getAttribute(f).split(Q),C=/([.?@])?(.*)/.exec(g);c.push({type:1,index:o,name:C[2],strings:v,ctor:C[1]==="."?Zt:C[1]==="?"?Jt:C[1]==="@"?Gt:$t}),i.removeAttribute(f)}else f.startsWith(Q)&&(c.push({type:6,index:o}),i.removeAttribute(f));if(xs.test(i.tagName)){let f=i.textContent.split(Q),g=f.length-1;if(g>0){i.textContent=Vt?Vt.emptyScript:"";for(let v=0;v<g;v++)i.append(f[v],Ot()),pt.nextNode(),c.push({type:2,index:++o});i.append(f[g],Ot())}}}else if(i.nodeType===8)if(i.data===be)c.push({type:2,index:o});else{let f=-1;for(;(f=i.data.indexOf(Q,f+1))!==-1;)c.push({type:7,index:o}),f+=Q.length-1}o++}}static createElement(t,s){let n=ft.createElement("template");return n.innerHTML=t,n}};function mt(e,t,s=e,n){if(t===z)return t;let i=n!==void 0?s._$Co?.[n]:s._$Cl,o=qt(t)?void 0:t._$litDirective$;return i?.constructor!==o&&(i?._$AO?.(!1),o===void 0?i=void 0:(i=new o(e),i._$AT(e,s,n)),n!==void 0?(s._$Co??=[])[n]=i:s._$Cl=i),i!==void 0&&(t=mt(e,i._$AS(e,t.values),i,n)),t}var Ft=class{constructor(t,s){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=s}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:s},parts:n}=this._$AD,i=(t?.creationScope??ft).importNode(s,!0);pt.currentNode=i;let o=pt.nextNode(),r=0,l=0,c=n[0];for(;c!==void 0;){if(r===c.index){let u;c.type===2?u=new kt(o,o.nextSibling,this,t):c.type===1?u=new c.ctor(o,c.name,c.strings,this,t):c.type===6&&(u=new Yt(o,this,t)),this._$AV.push(u),c=n[++l]}r!==c?.index&&(o=pt.nextNode(),r++)}return pt.currentNode=ft,i}p(t){let s=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,s),s+=n.strings.length-2):n._$AI(t[s])),s++}},kt=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,s,n,i){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=t,this._$AB=s,this._$AM=n,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,s=this._$AM;return s!==void 0&&t?.nodeType===11&&(t=s.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,s=this){t=mt(this,t,s),qt(t)?t===d||t==null||t===""?(this._$AH!==d&&this._$AR(),this._$AH=d):t!==this._$AH&&t!==z&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):As(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==d&&qt(this._$AH)?this._$AA.nextSibling.data=t:this.T(ft.createTextNode(t)),this._$AH=t}$(t){let{values:s,_$litType$:n}=t,i=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=Ut.createElement(Ss(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===i)this._$AH.p(s);else{let o=new Ft(i,this),r=o.u(this.options);o.p(s),this.T(r),this._$AH=o}}_$AC(t){let s=ks.get(t.strings);return s===void 0&&ks.set(t.strings,s=new Ut(t)),s}k(t){ve(this._$AH)||(this._$AH=[],this._$AR());let s=this._$AH,n,i=0;for(let o of t)i===s.length?s.push(n=new e(this.O(Ot()),this.O(Ot()),this,this.options)):n=s[i],n._$AI(o),i++;i<s.length&&(this._$AR(n&&n._$AB.nextSibling,i),s.length=i)}_$AR(t=this._$AA.nextSibling,s){for(this._$AP?.(!1,!0,s);t!==this._$AB;){let n=$s(t).nextSibling;$s(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},$t=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,s,n,i,o){this.type=1,this._$AH=d,this._$AN=void 0,this.element=t,this.name=s,this._$AM=i,this.options=o,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=d}_$AI(t,s=this,n,i){let o=this.strings,r=!1;if(o===void 0)t=mt(this,t,s,0),r=!qt(t)||t!==this._$AH&&t!==z,r&&(this._$AH=t);else{let l=t,c,u;for(t=o[0],c=0;c<o.length-1;c++)u=mt(this,l[n+c],s,c),u===z&&(u=this._$AH[c]),r||=!qt(u)||u!==this._$AH[c],u===d?t=d:t!==d&&(t+=(u??"")+o[c+1]),this._$AH[c]=u}r&&!i&&this.j(t)}j(t){t===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Zt=class extends $t{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===d?void 0:t}},Jt=class extends $t{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==d)}},Gt=class extends $t{constructor(t,s,n,i,o){super(t,s,n,i,o),this.type=5}_$AI(t,s=this){if((t=mt(this,t,s,0)??d)===z)return;let n=this._$AH,i=t===d&&n!==d||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,o=t!==d&&(n===d||i);i&&this.element.removeEventListener(this.name,this,n),o&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},Yt=class{constructor(t,s,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=s,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){mt(this,t)}},Es={M:ge,P:Q,A:be,C:1,L:_s,R:Ft,D:As,V:mt,I:kt,H:$t,N:Jt,U:Gt,B:Zt,F:Yt},Dn=$e.litHtmlPolyfillSupport;Dn?.(Ut,kt),($e.litHtmlVersions??=[]).push("3.3.3");var Cs=(e,t,s)=>{let n=s?.renderBefore??t,i=n._$litPart$;if(i===void 0){let o=s?.renderBefore??null;n._$litPart$=i=new kt(t.insertBefore(Ot(),o),o,void 0,s??{})}return i._$AI(e),i};var we=globalThis,x=class extends X{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let s=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Cs(s,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return z}};x._$litElement$=!0,x.finalized=!0,we.litElementHydrateSupport?.({LitElement:x});var Hn=we.litElementPolyfillSupport;Hn?.({LitElement:x});(we.litElementVersions??=[]).push("4.2.2");var Is={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},At=e=>(...t)=>({_$litDirective$:e,values:t}),it=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,s,n){this._$Ct=t,this._$AM=s,this._$Ci=n}_$AS(t,s){return this.update(t,s)}update(t,s){return this.render(...s)}};var{I:jn}=Es,Ts=e=>e;var Ns=()=>document.createComment(""),xt=(e,t,s)=>{let n=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(s===void 0){let o=n.insertBefore(Ns(),i),r=n.insertBefore(Ns(),i);s=new jn(o,r,e,e.options)}else{let o=s._$AB.nextSibling,r=s._$AM,l=r!==e;if(l){let c;s._$AQ?.(e),s._$AM=e,s._$AP!==void 0&&(c=e._$AU)!==r._$AU&&s._$AP(c)}if(o!==i||l){let c=s._$AA;for(;c!==o;){let u=Ts(c).nextSibling;Ts(n).insertBefore(c,i),c=u}}}return s},ot=(e,t,s=e)=>(e._$AI(t,s),e),Bn={},Xt=(e,t=Bn)=>e._$AH=t,Ms=e=>e._$AH,Qt=e=>{e._$AR(),e._$AA.remove()};var Ls=At(class extends it{constructor(){super(...arguments),this.key=d}render(e,t){return this.key=e,t}update(e,[t,s]){return t!==this.key&&(Xt(e),this.key=t),s}});function Wn(e){let[t,s=""]=e.replace(/^#\/?/,"").split(/\?(.*)/s),n=t.split("/").filter(Boolean).map(Kn),{at:i,...o}=Object.fromEntries(new URLSearchParams(s));if(i===void 0)return{...Rs(n),query:o};if(Number.isNaN(Date.parse(i))){let r=`at=${i} is not an instant. Write it like 2026-11-10T09:00:00Z.`;return{view:"lost",args:n,query:o,reason:r}}return{...Rs(n),query:{...o,at:i}}}function Rs([e,...t]){let s={tasks:[0,2],ips:[1],subnets:[0,1],services:[2],enis:[1],status:[0]};if(e===void 0)return{view:"tasks",args:[]};if(!s[e]?.includes(t.length))return{view:"lost",args:[e,...t]};let n={tasks:"task",subnets:"subnet",ips:"address",services:"service",enis:"eni"};return{view:t.length?n[e]:e,args:t}}function Kn(e){try{return decodeURIComponent(e)}catch{return e}}function E(e,t={}){let s=Object.entries({zone:te().query.zone,...t}).filter(([,i])=>i),n=new URLSearchParams(s).toString();return`#/${e.map(encodeURIComponent).join("/")}${n?`?${n}`:""}`}var te=()=>Wn(location.hash);function Ps(e){location.hash=e}function w(e){let{query:t}=te(),s=location.hash.replace(/^#\/?/,"").split("?")[0],n=new URLSearchParams(Object.entries({...t,...e}).filter(([,i])=>i)).toString();history.replaceState(null,"",`#/${s}${n?`?${n}`:""}`),window.dispatchEvent(new HashChangeEvent("hashchange"))}var q=(e,t)=>E(["ips",e],t),M=(e,t)=>E(["tasks",e.cluster,e.taskId],t),D=(e,t)=>E(["subnets",e],t),rt=(e,t,s)=>E(["services",e,t],s);var Vn=/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;function p(e){return String(e).replace(Vn,t=>{let s=t.codePointAt(0).toString(16);return s.length>4?`\\u{${s}}`:`\\u${s.padStart(4,"0")}`})}function S(e){return e==null||e===""?a`<span class="none">–</span>`:a`<bdi>${p(e)}</bdi>`}function L(e){return p(e.length>12?e.slice(0,8):e)}var b=e=>e.toLocaleString("en");function ee(e,t){let s=100*e/t;return e>0&&s<1?"under 1%":`${e<t?Math.min(99,Math.round(s)):100}%`}function _(e,t,s=`${t}s`){return`${b(e)} ${e===1?t:s}`}function R(e){return e.service??e.group??"no service"}var Fn={s:1e3,m:6e4,h:36e5,d:864e5,w:6048e5},se=!1,Os=0;function qs(e){se=e==="utc"}function gt(){return se?"UTC":Intl.DateTimeFormat().resolvedOptions().timeZone}function Us(e){let t=Date.parse(e)-Date.now();Number.isFinite(t)&&(Os=Math.abs(t)>2e3?t:0)}var m=()=>Date.now()+Os,k=e=>new Date(e).toISOString(),h=e=>e===null?null:Date.parse(e);function tt(e){let t=new Date(e-ke(e)*6e4).toISOString();return{day:t.slice(0,10),clock:t.slice(11,19),fraction:t.slice(19,23)}}function ke(e){return se?0:new Date(e).getTimezoneOffset()}function U(e){let{day:t,clock:s}=tt(e);return`${t} ${s}`}function A(e){let{day:t,clock:s}=tt(e);return t===tt(m()).day?s:t===tt(m()-1440*6e4).day?`yesterday ${s}`:`${t} ${s}`}function zs(e){let[t,s]=A(e).split(" ").reverse();return s?s==="yesterday"?`yesterday at ${t}`:`on ${s} at ${t}`:`at ${t}`}function W(e){let t=Math.max(0,Math.round(e/1e3));if(e<950&&e>0)return`${Math.round(e)} ms`;let s=[["d",Math.floor(t/86400)],["h",Math.floor(t/3600)%24],["min",Math.floor(t/60)%60],["s",t%60]],n=s.findIndex(([,i])=>i>0);return n<0?"0 s":s.slice(n,n+2).filter(([,i])=>i>0).map(([i,o])=>`${o} ${i}`).join(" ")}var H=e=>m()-e<1e3?"just now":`${W(m()-e)} ago`;function Ds(e,t,s,n,i,o=0,r=0){let l=[e,t-1,s,n,i,o,r],c=se?Date.UTC(...l):new Date(...l).getTime(),u=`${St(e,4)}-${St(t)}-${St(s)} ${St(n)}:${St(i)}:${St(o)}`;if(Number.isNaN(c)||U(c)!==u)throw new Error("There is no such time.");return c}var St=(e,t=2)=>String(e).padStart(t,"0"),Zn=[[/^(now)?$/i,()=>null],[/^\d{10}$/,([e])=>Number(e)*1e3],[/^\d{13}$/,([e])=>Number(e)],[/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i,([e])=>Date.parse(e.replace(" ","T").replace(/([+-]\d\d)(\d\d)$/,"$1:$2"))],[/^(\d{4})-(\d\d)-(\d\d)[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/i,([,e,t,s,n,i,o,r])=>Ds(+e,+t,+s,+n,+i,+(o??0),+(r??"0").padEnd(3,"0"))],[/^(?:(today|yesterday) )?(\d\d?):(\d\d)(?::(\d\d))?$/i,Jn],[/^-?(\d+(?:\.\d+)?) ?(s|m|h|d|w|min|hours?|days?)( ago)?$/i,Gn]];function Jn([,e,t,s,n]){let i=(e??"").toLowerCase()==="yesterday"?1:0,o=l=>{let c=tt(m()-l*1440*6e4).day.split("-").map(Number);return Ds(...c,+t,+s,+(n??0))},r=o(i);return!e&&r>m()?o(1):r}function Gn([e,t,s,n]){if(!e.startsWith("-")&&!n)throw new Error(`Say “${e} ago” or “-${e}”.`);return m()-Number(t)*Fn[s[0].toLowerCase()]}function zt(e){let t=e.trim();for(let[s,n]of Zn){let i=s.exec(t);if(i)return Yn(n(i))}throw/^\d{4}-\d\d-\d\d$/.test(t)?new Error("Add a time of day to the date: 03:12."):new Error("Write a time like 03:12, 10m ago, or 2026-11-22 03:12.")}function Yn(e){if(Number.isNaN(e))throw new Error("There is no such time.");if(e!==null&&e>m())throw new Error("That is in the future.");return e}var Ae=class extends it{render(){return z}update(t,[s]){for(let[n,i]of Object.entries(s))t.element.style.setProperty(n,i);return z}},Z=At(Ae);var y=e=>a`<time datetime=${k(e)} title=${`${k(e)} · ${U(e)} ${gt()}`}
    >${A(e)}</time
  >`;function J(e,t=!1){let s=zs(e),n=t?s[0].toUpperCase()+s.slice(1):s;return a`<time datetime=${k(e)} title=${`${k(e)} · ${U(e)} ${gt()}`}
    >${n}</time
  >`}var j=e=>e===null||Number.isNaN(e)?a`<span class="none">–</span>`:a`<time datetime=${k(e)} title=${`${k(e)} · ${H(e)}`}>${U(e)}</time>`,Dt=(e,t)=>a`<a class="id" href=${M(e,t)} title=${p(e.taskArn)}
    >${L(e.taskId)}</a
  >`,_t=(e,t)=>e?a`<a class="ip" href=${q(e,t)}>${e}</a>`:S(null),et=(e,t)=>e?a`<a class="id" href=${D(e,t)}>${p(e)}</a>`:S(null);function bt(e){return e.service?a`<a href=${rt(e.cluster,e.service)} title=${p(e.service)}
    ><bdi>${p(e.service)}</bdi></a
  >`:a`<bdi title=${p(R(e))}>${p(R(e))}</bdi>`}function Et(e){let t=e.service?a`service ${bt(e)}`:e.group?a`<bdi>${p(e.group)}</bdi>`:"no service";return a`task ${Dt(e)}, ${t} of cluster
    <a href=${E(["tasks"],{cluster:e.cluster})}><bdi>${p(e.cluster)}</bdi></a>`}var xe=class extends x{static properties={cells:{attribute:!1},classes:{attribute:!1},instant:{attribute:!1},at:{attribute:!1},only:{attribute:!1},zone:{},active:{state:!0}};constructor(){super(),Object.assign(this,{cells:[],active:null,only:null})}createRenderRoot(){return this}get#t(){return this.cells.length>256?32:16}#e(t){let s=getComputedStyle(this.querySelector(".grid")).gridTemplateColumns.split(" ").length,i={ArrowRight:1,ArrowLeft:-1,ArrowDown:s,ArrowUp:-s}[t.key];if(!i||t.ctrlKey||t.metaKey||t.altKey)return;t.preventDefault();let o=[...this.querySelectorAll(".cell a")];o[o.indexOf(t.target.closest("a"))+i]?.focus()}render(){if(!this.cells.length)return d;let t=[];for(let n=0;n<this.cells.length;n+=this.#t)t.push(this.cells.slice(n,n+this.#t));let s=this.cells.find(({ip:n})=>n===this.active)??null;return a`<div
        class="grid ${this.#t===32?"fine":""}"
        role="grid"
        aria-label="Addresses of the subnet"
        @keydown=${this.#e}
      >
        ${t.map(n=>a`<div role="row">
              ${n.map((i,o)=>this.#s(i,s?i===s:i===this.cells[0],o))}
            </div>`)}
      </div>
      <p class="detail" aria-live="polite">
        ${s?ti(s,this.instant):a`<span class="quiet"
              >Point at a cell, or move with the arrow keys, to read who has it.</span
            >`}
      </p>`}#s(t,s){let n=t.row?.service??t.record?.service??null,i=t.state==="held"||t.state==="possible"?this.classes.get(n)??"hue-x":"",o=this.only!==null&&!(i&&n===this.only)?"dim":"",r=()=>{this.active=t.ip};return a`<div
      role="gridcell"
      class="cell ${t.state} ${i} ${t.changed?"changed":""} ${o}"
    >
      <a
        href=${q(t.ip,{at:this.at})}
        tabindex=${s?0:-1}
        aria-label=${Qn(t)}
        @focus=${r}
        @pointerenter=${r}
        >${t.ip.split(".")[3]}</a
      >
    </div>`}},Xn={held:"held",possible:"possibly held",released:"released within the hour",none:"no task",unknown:"unknown",aws:"kept by AWS"};function Qn(e){let t=e.row??e.record,s=t?.service?` by ${p(t.service)}`:"";return`${e.ip}, ${Xn[e.state]}${t?s:""}${e.changed?", just changed":""}`}function ti(e,t){let s=a`<b class="ip">${e.ip}</b>`;if(e.state==="aws")return a`${s} is kept by AWS: the first four addresses of a subnet, and the last.`;if(e.state==="unknown")return a`${s}: nobody can tell. No task is known, and this time is not covered.`;if(e.state==="none")return a`${s}: no task. It may belong to an instance, a load balancer or a database.`;let n=e.record?Et(e.record):ei(e.row);if(e.state==="released"){let o=h(e.record.releasedAt);return a`${s} was released ${y(o)} (${W(t-o)} before) by ${n}.`}let i=e.row.attachedAt?a`, since ${y(h(e.row.attachedAt))}`:d;return a`${s} is ${e.state==="possible"?"possibly held":"held"} by ${n}${i}.`}var ei=e=>`task ${L(e.taskArn.split("/").pop())}, ${p(e.service??"no service")} of cluster ${p(e.cluster)}`;function Hs(e,t){return a`<ul class="tiles" aria-label="The /24s of the subnet">
    ${e.map(s=>a`<li class=${s.changed?"changed":""}>
          <a
            href=${t(s.prefix)}
            aria-label="${s.prefix.replace(".0/24","")} ${s.held} held, ${s.released} just released, ${s.changed} changed in the last 5 minutes"
          >
            <span class="ip">${s.prefix.split(".")[2]}</span>
            <b>${s.held?b(s.held):""}</b>
            <span class="meter"
              ><i class="held" ${Z({width:`${100*s.held/s.usable}%`})}></i
              ><i
                class="possible"
                ${Z({width:`${100*s.possible/s.usable}%`})}
              ></i
              ><i
                class="released"
                ${Z({width:`${100*s.released/s.usable}%`})}
              ></i
            ></span>
          </a>
        </li>`)}
  </ul>`}function js(e,t,s){let n=[...e].filter(([,{changed:i}])=>i).map(([i,o])=>({ip:i,...o,ms:h(o.state==="released"?o.record.releasedAt:o.row.attachedAt)}));return n.sort((i,o)=>o.ms-i.ms),n.length?a`<p><b>${_(n.length,"change")} in the 5 minutes before:</b></p>
    <ul class="changes">
      ${n.slice(0,8).map(i=>{let o=i.row??i.record;return a`<li class=${i.state}>
          <a class="ip" href=${q(i.ip,{at:s})}>${i.ip}</a> ${i.state==="released"?"released by":"given to"} <bdi>${p(o.service??"a task without service")}</bdi>
          <span class="quiet">${s?`at ${A(i.ms)}`:H(i.ms)}</span>
        </li>`})}
    </ul>
    ${n.length>8?a`<p class="quiet">and ${b(n.length-8)} more</p>`:d}`:a`<p class="quiet">Nothing changed in the 5 minutes before.</p>`}customElements.define("address-grid",xe);var Bs=(e,t,s)=>{let n=new Map;for(let i=t;i<=s;i++)n.set(e[i],i);return n},Ws=At(class extends it{constructor(e){if(super(e),e.type!==Is.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,t,s){let n;s===void 0?s=t:t!==void 0&&(n=t);let i=[],o=[],r=0;for(let l of e)i[r]=n?n(l,r):r,o[r]=s(l,r),r++;return{values:o,keys:i}}render(e,t,s){return this.dt(e,t,s).values}update(e,[t,s,n]){let i=Ms(e),{values:o,keys:r}=this.dt(t,s,n);if(!Array.isArray(i))return this.ut=r,o;let l=this.ut??=[],c=[],u,$,f=0,g=i.length-1,v=0,C=o.length-1;for(;f<=g&&v<=C;)if(i[f]===null)f++;else if(i[g]===null)g--;else if(l[f]===r[v])c[v]=ot(i[f],o[v]),f++,v++;else if(l[g]===r[C])c[C]=ot(i[g],o[C]),g--,C--;else if(l[f]===r[C])c[C]=ot(i[f],o[C]),xt(e,c[C+1],i[f]),f++,C--;else if(l[g]===r[v])c[v]=ot(i[g],o[v]),xt(e,i[f],i[g]),g--,v++;else if(u===void 0&&(u=Bs(r,v,C),$=Bs(l,f,g)),u.has(l[f]))if(u.has(l[g])){let Y=$.get(r[v]),de=Y!==void 0?i[Y]:null;if(de===null){let ls=xt(e,i[f]);ot(ls,o[v]),c[v]=ls}else c[v]=ot(de,o[v]),xt(e,i[f],de),i[Y]=null;v++}else Qt(i[g]),g--;else Qt(i[f]),f++;for(;v<=C;){let Y=xt(e,c[C+1]);ot(Y,o[v]),c[v++]=Y}for(;f<=g;){let Y=i[f++];Y!==null&&Qt(Y)}return this.ut=r,Xt(e,c),z}});function Ks(e){if(e==null)return"";let t=p(e).replace(/^[=+\-@]/,"'$&");return/[",\n\r]/.test(t)?`"${t.replaceAll('"','""')}"`:t}function Vs(e,t){let s=[e.map(n=>Ks(n.key))];for(let n of t)s.push(e.map(i=>Ks(i.value(n))));return s.map(n=>`${n.join(",")}\r
`).join("")}function Fs(e,t){let s=URL.createObjectURL(new Blob([t],{type:"text/csv;charset=utf-8"}));Object.assign(document.createElement("a"),{href:s,download:e}).click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}var vt=34,Zs=6,Se=window.matchMedia("(max-width: 640px)"),_e=class extends x{static properties={rows:{attribute:!1},columns:{attribute:!1},rowKey:{attribute:!1},rowClass:{attribute:!1},sort:{},label:{},zone:{},first:{state:!0},height:{state:!0},active:{state:!0}};constructor(){super(),Object.assign(this,{rows:[],columns:[],first:0,height:800,active:null,cell:0,sort:""}),this.rowKey=t=>t.taskArn,this.rowClass=()=>"",this.sorted=[]}createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.resizing=new ResizeObserver(([t])=>{this.height=t.contentRect.height}),this.narrowing=()=>this.requestUpdate(),Se.addEventListener("change",this.narrowing)}disconnectedCallback(){super.disconnectedCallback(),this.resizing.disconnect(),Se.removeEventListener("change",this.narrowing)}firstUpdated(){this.resizing.observe(this.#t)}get#t(){return this.querySelector(".scroll")}willUpdate(t){!t.has("rows")&&!t.has("sort")||this.#e(t.has("rows")&&!t.has("sort"))}#e(t){let s=this.#t,n=s?Math.floor(s.scrollTop/vt):0,o=(this.contains(document.activeElement)?this.active:null)??(n>0&&this.sorted[n]?this.rowKey(this.sorted[n]):null),r=o===null?-1:this.#s(o);if(this.sorted=si(this.rows,this.columns,this.sort),this.shift=0,!t||r<0)return;let l=this.#s(o);l>=0&&(this.shift=(l-r)*vt)}#s(t){return this.sorted.findIndex(s=>this.rowKey(s)===t)}updated(t){this.shift&&(this.#t.scrollTop+=this.shift);for(let s of this.querySelectorAll("tbody a"))s.tabIndex=s.closest("tr").classList.contains("active")?0:-1;(this.shift||t.has("rows")||t.has("sort"))&&this.#n(),this.shift=0}#n(){this.first=Math.max(0,Math.floor(this.#t.scrollTop/vt)-Zs)}#i(t){let n={ArrowDown:1,ArrowUp:-1,PageDown:15,PageUp:-15,Home:-1/0,End:1/0}[t.key];if(!n||t.altKey||t.ctrlKey||t.metaKey||!this.sorted.length)return;t.preventDefault();let i=this.active===null?-1:this.#s(this.active),o=Math.min(this.sorted.length-1,Math.max(0,i+n));this.#o(o)}async#o(t){let s=this.#t,n=s.querySelector("thead").offsetHeight,i=t*vt;i<s.scrollTop&&(s.scrollTop=i);let o=i+vt+n-s.clientHeight;o>s.scrollTop&&(s.scrollTop=o),this.active=this.rowKey(this.sorted[t]),this.#n(),await this.updateComplete;let r=this.querySelector("tr.active"),l=r?.cells[this.cell]?.querySelector("a")??r?.querySelector("a"),{cell:c}=this;(l??s).focus({preventScroll:!0}),this.cell=c}#r(t){let s=t.target.closest("tr[data-key]")?.dataset.key;s&&(this.active=s,this.cell=t.target.closest("td")?.cellIndex??0)}#a(t){let s=this.sort===t.key?`-${t.key}`:t.key;this.dispatchEvent(new CustomEvent("sort",{detail:s}))}save(t){Fs(t,Vs(this.columns,this.sorted))}render(){let t=Se.matches?this.columns.filter(r=>r.narrow):this.columns,s=Math.ceil(this.height/vt)+2*Zs,n=Math.min(this.sorted.length,this.first+s),i=this.sorted.slice(this.first,n),o=this.active??(i[0]&&this.rowKey(i[0]));return a`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${this.label}
      @scroll=${this.#n}
      @keydown=${this.#i}
      @focusin=${this.#r}
    >
      <table aria-rowcount=${this.sorted.length+1} ${Z({"--columns":t.length})}>
        <thead>
          <tr>
            ${t.map(r=>this.#l(r))}
          </tr>
        </thead>
        <tbody>
          ${Js(this.first,t.length)}
          ${Ws(i,this.rowKey,(r,l)=>this.#c(r,this.first+l,t,o))}
          ${Js(this.sorted.length-n,t.length)}
        </tbody>
      </table>
    </div>`}#l(t){let s=this.sort===t.key,n=this.sort===`-${t.key}`;return a`<th
      scope="col"
      class=${t.key}
      aria-sort=${s?"ascending":n?"descending":d}
    >
      <button type="button" @click=${()=>this.#a(t)}>
        ${t.label}<span aria-hidden="true">${s?" ↑":n?" ↓":""}</span>
      </button>
    </th>`}#c(t,s,n,i){let o=this.rowKey(t),r=o===i;return a`<tr
      data-key=${o}
      aria-rowindex=${s+2}
      class="${this.rowClass(t)} ${r?"active":""}"
    >
      ${n.map(l=>a`<td class=${l.key}>${l.cell(t)}</td>`)}
    </tr>`}};function Js(e,t){return e<=0?d:a`<tr aria-hidden="true" class="gap">
    <td colspan=${t} ${Z({height:`${e*vt}px`})}></td>
  </tr>`}function si(e,t,s){let n=s.startsWith("-"),i=t.find(({key:l})=>l===s.replace(/^-/,""));if(!i)return e;let o=i.order??i.value,r=e.map(l=>({row:l,key:o(l)}));return r.sort((l,c)=>ni(l.key,c.key,n)),r.map(({row:l})=>l)}function ni(e,t,s){return e===t?0:e==null?1:t==null?-1:e<t===s?1:-1}customElements.define("data-table",_e);var ii=new URL("../",document.baseURI),oi=5,K=class extends Error{constructor(t,s,n,i={}){super(n||s),Object.assign(this,{status:t,title:s,detail:n,body:i})}},Ee=new EventTarget;async function I(e,t={},{signal:s,body:n}={}){if(e.some(r=>/^\.{1,2}$/.test(r)))throw ri();let i=new URL(e.map(encodeURIComponent).join("/"),ii);for(let[r,l]of Object.entries(t))l!=null&&i.searchParams.set(r,l);let o={signal:s,headers:{accept:"application/json"}};return n&&(Object.assign(o,{method:"POST",body:JSON.stringify(n)}),o.headers["content-type"]="application/json"),ai(i,o)}var ri=()=>new K(404,"Not known","The inventory knows nothing of this name.");async function ai(e,t){for(let s=1;;s+=1){let n=await li(e,t);if(n.ok)return n.json();if(!(n.status===429||n.status===503)||s===oi)throw await ui(n);await hi(ci(n,s),t.signal)}}async function li(e,t){try{let s=await fetch(e,t);return Us(s.headers.get("date")),s}catch(s){throw s.name==="AbortError"?s:new K(0,"No answer","The proxy behind this page does not answer. Does the command that opened the page still run?")}}function ci(e,t){let s=Number(e.headers.get("retry-after"));return s>0?Math.min(s,60)*1e3:2**(t-1)*(800+Math.random()*400)}function hi(e,t){return Ee.dispatchEvent(new CustomEvent("wait",{detail:{ms:e}})),new Promise((s,n)=>{let i=setTimeout(s,e);t?.addEventListener("abort",()=>{clearTimeout(i),n(new DOMException("No longer asked","AbortError"))})})}async function ui(e){let t=await e.json().catch(()=>({})),s=(t.errors??[]).map(i=>`${i.parameter}: ${i.reason}`),n=[t.detail??t.message,...s].filter(Boolean).join(" ");return new K(e.status,t.title??`Error ${e.status}`,n,t)}async function V(e,t,{signal:s,onPage:n,most:i=1/0}={}){let o=[],r,l;do l=await I(e,{limit:1e3,...t,cursor:r},{signal:s}),o.push(...l.items),r=l.nextCursor,n?.({...l,items:[...o]});while(r&&o.length<i);return{...l,items:o,complete:!r}}async function Gs(e,t){let s=await I(["addresses"],e,t);return Array.isArray(s)?s:s.items}var Ce=class extends EventTarget{stopped=!1;state={mode:"loading",at:null,note:""};constructor(){super(),Ee.addEventListener("wait",({detail:t})=>{let s=Math.max(1,Math.round(t.ms/1e3));this.show({mode:"throttled",note:`The API asks for a pause: again in ${s} s`})})}show(t){this.state={...this.state,...t},this.dispatchEvent(new Event("change"))}toggle(){this.stopped=!this.stopped,this.dispatchEvent(new Event("toggle")),this.dispatchEvent(new Event("change"))}},T=new Ce,Ct=class{#t=null;#e=!1;#s;constructor(t){this.#s=t,this.wake=()=>{this.#e&&!this.#n()&&this.#i()},document.addEventListener("visibilitychange",this.wake),T.addEventListener("toggle",this.wake)}#n(){return document.hidden||T.stopped}in(t){clearTimeout(this.#t),this.#e=!1,t!==null&&(this.#t=setTimeout(()=>{this.#e=!0,this.wake()},t))}#i(){this.#e=!1,this.#s()}end(){clearTimeout(this.#t),document.removeEventListener("visibilitychange",this.wake),T.removeEventListener("toggle",this.wake)}};var di={loading:"Loading",live:"Live",past:"Past",stopped:"Stopped",throttled:"Slowed down",failed:"Not updated"},Ie=class extends x{createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.changed=()=>this.requestUpdate(),T.addEventListener("change",this.changed),this.ticking=setInterval(this.changed,1e3)}disconnectedCallback(){super.disconnectedCallback(),T.removeEventListener("change",this.changed),clearInterval(this.ticking)}render(){let t=T.stopped&&T.state.mode==="live"?"stopped":T.state.mode,{at:s,note:n}=T.state;return a`<span class="light ${t}" title=${p(n)}>
        <i aria-hidden="true"></i><span>${di[t]}</span>
        ${s&&t!=="past"&&t!=="loading"?a`<small aria-hidden="true">${H(s)}</small>`:""}
      </span>
      <button
        type="button"
        class="plain"
        aria-pressed=${T.stopped?"true":"false"}
        @click=${()=>T.toggle()}
      >
        ${T.stopped?"Go on":"Stop"}<span class="hidden"> updating this page</span>
      </button>`}};customElements.define("live-light",Ie);function at(e){let t=/^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(e);return!t||t.slice(1).some(s=>Number(s)>255)?null:t.slice(1).reduce((s,n)=>s*256+Number(n),0)}var Te=e=>[e>>>24,e>>>16&255,e>>>8&255,e&255].join(".");function ne(e){if(!/^[0-9a-f:.]+$/i.test(e)||!e.includes(":"))return null;let t=e.split("::");if(t.length>2)return null;let[s,n]=t.map(pi),i=8-(s?.length??9)-(n?.length??0);return!s||t.length===2&&!n||(t.length===2?i<1:i!==0)?null:[...s,...Array(i).fill(0),...n??[]].reduce((r,l)=>(r<<16n)+BigInt(l),0n)}function pi(e){if(e==="")return[];let t=[];for(let s of e.split(":")){let n=at(s);if(n!==null)t.push(Math.floor(n/65536),n%65536);else if(/^[0-9a-f]{1,4}$/i.test(s))t.push(Number.parseInt(s,16));else return null}return t}var Ys=e=>at(e)!==null||ne(e)!==null;function G(e){let[t,s,...n]=e.split("/"),i=at(t);if(i===null||n.length||!/^\d{1,2}$/.test(s??"")||s>32)return null;let o=2**(32-s);return{first:Math.floor(i/o)*o,size:o,bits:Number(s)}}function ie(e){let t=G(e);if(t)return l=>{let c=l.privateIpv4Address&&at(l.privateIpv4Address);return c!==null&&c>=t.first&&c<t.first+t.size};let[s,n,...i]=e.split("/"),o=ne(s);if(o===null||i.length||!/^\d{1,3}$/.test(n??"")||n>128)return null;let r=BigInt(128-n);return l=>!!l.ipv6Address&&ne(l.ipv6Address)>>r===o>>r}function st(e){if(!e)return null;let t=at(e);return t!==null?`4${String(t).padStart(10,"0")}`:`6${(ne(e)??0n).toString(16).padStart(32,"0")}`}var lt=[];function Ne(e){lt=e}async function oe(){lt.length||Ne((await V(["tasks"],{})).items)}var fi=[[/^(\S+?)(?:\s+(?:at\s+|@\s*)?(.+))?$/,([,e,t])=>Ys(e)?q(e,{at:mi(t)}):null],[/^\S+\/\d+$/,([e])=>ie(e)?E(["tasks"],{q:e}):null],[/^eni-[0-9a-z]+$/i,([e])=>E(["enis",e.toLowerCase()])],[/^subnet-[0-9a-z]+$/i,([e])=>D(e.toLowerCase())],[/^arn:[^:]*:ecs:.*:task\/([^/]+)\/([^/]+)$/,([,e,t])=>M({cluster:e,taskId:t})],[/^arn:[^:]*:ecs:.*:service\/([^/]+)\/([^/]+)$/,([,e,t])=>rt(e,t)],[/^(?:arn:[^:]*:ecs:.*:task\/)?([0-9a-f-]{18,36})$/i,([,e])=>gi(e.toLowerCase())]];function mi(e){let t=e?zt(e):null;return t===null?"":k(t)}async function Xs(e){let t=e.trim();for(let[s,n]of fi){let i=s.exec(t),o=i&&await n(i);if(o)return o}return await oe(),$i(t)}function $i(e){let s=[...new Map(lt.filter(({service:i})=>i).map(i=>[`${i.cluster}/${i.service}`,i]))].filter(([i,{service:o}])=>i===e||o===e);if(s.length===1)return rt(s[0][1].cluster,s[0][1].service);let n=e.length>=6?lt.filter(({taskId:i})=>i.startsWith(e)):[];return n.length===1?M(n[0]):E(["tasks"],{q:e})}async function gi(e){await oe();let t=lt.find(({taskId:s})=>s===e);if(t)return M(t);for(let s of new Set(lt.map(n=>n.cluster)))try{return M(await I(["tasks",s,e]))}catch(n){if(n.status!==404)throw n}throw new K(404,"Not known",`No known cluster has a task ${e}.`)}function Qs(e){let t=e.trim().toLowerCase();if(!t)return[];let s=new Map,n=(i,o,r)=>s.set(r,{kind:i,label:o,hash:r});for(let i of lt){if(s.size>=8)break;let o=`${i.cluster}/${i.service}`;i.service&&o.toLowerCase().includes(t)&&n("service",p(o),rt(i.cluster,i.service))}for(let i of lt){if(s.size>=8)break;let o=i.privateIpv4Address??"";o.startsWith(t)&&n("address",o,q(o)),i.taskId.startsWith(t)&&n("task",`${L(i.taskId)} ${p(i.service??"")}`,M(i)),i.subnetId?.includes(t)&&n("subnet",p(i.subnetId),D(i.subnetId))}return[...s.values()].slice(0,8)}var bi=120,Me=class extends x{static properties={route:{attribute:!1},options:{state:!0},chosen:{state:!0},fault:{state:!0},busy:{state:!0}};constructor(){super(),Object.assign(this,{options:[],chosen:-1,fault:"",busy:!1}),this.shortcut=t=>this.#s(t)}createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),document.addEventListener("keydown",this.shortcut)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("keydown",this.shortcut)}get#t(){return this.querySelector("input")}get#e(){return this.route.view==="tasks"}willUpdate(t){t.has("route")&&(this.fault="")}updated(t){t.has("route")&&document.activeElement!==this.#t&&(this.#t.value=this.#e?this.route.query.q??"":"")}#s(t){t.key!=="/"||t.ctrlKey||t.metaKey||t.altKey||t.target.closest?.("input, select, textarea")||(t.preventDefault(),this.#t.focus(),this.#t.select())}#n(){this.fault="",clearTimeout(this.timer),this.timer=setTimeout(()=>this.#i(this.#t.value),bi)}async#i(t){if(this.#e){w({q:t.trim()});return}await oe().catch(()=>{}),this.chosen=-1,this.options=this.#t.value===t&&document.activeElement===this.#t?Qs(t):[]}async#o(t){t.preventDefault(),clearTimeout(this.timer);let s=this.#t.value,n=this.options[this.chosen];if(this.options=[],!(!s.trim()&&!n)){this.busy=!0;try{this.#r(n?n.hash:await Xs(s))}catch(i){this.fault=i.message}finally{this.busy=!1}}}#r(t){this.options=[],this.#t.blur(),t===location.hash?document.querySelector("data-table .scroll")?.focus():Ps(t)}#a(t){if(t.key==="Escape"){this.options=[];return}let s={ArrowDown:1,ArrowUp:-1}[t.key];!s||!this.options.length||(t.preventDefault(),this.chosen=(this.chosen+s+this.options.length)%this.options.length)}render(){let t=this.options.length>0;return a`<form role="search" @submit=${this.#o}>
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
        ${this.options.map((s,n)=>a`<li
              id="found-${n}"
              role="option"
              aria-selected=${n===this.chosen?"true":"false"}
              @pointerdown=${()=>this.#r(s.hash)}
            >
              <small>${s.kind}</small> <bdi>${s.label}</bdi>
            </li>`)}
      </ul>
      ${this.busy?a`<p class="below" role="status">Looking…</p>`:d}
      ${this.fault?a`<p class="below fault" id="search-fault" role="alert">${this.fault}</p>`:d}
    </form>`}};customElements.define("search-box",Me);var ct=1e3,nt=60*ct,It=60*nt,yt=24*It,tn=[100,200,500,ct,2*ct,5*ct,10*ct,15*ct,30*ct,nt,2*nt,5*nt,10*nt,15*nt,30*nt,It,2*It,3*It,6*It,12*It,yt,2*yt,7*yt,14*yt,30*yt,90*yt],en=(e,t,s)=>n=>(n-e)/(t-e)*s;function sn(e,t,s,n=90){let i=Math.max(2,Math.floor(s/n)),o=tn.find(u=>(t-e)/u<=i)??tn.at(-1),r=ke(e)*nt,l=Math.ceil((e-r)/o)*o+r,c=[];for(let u=l;u<t;u+=o)c.push({ms:u,...vi(u,o)});return c}function vi(e,t){let{day:s,clock:n,fraction:i}=tt(e),o=`${Number(s.slice(8))} ${yi[Number(s.slice(5,7))-1]}`;return t>=yt||n==="00:00:00"?{label:o,major:!0}:t<ct?{label:`${n.slice(3)}${i.slice(0,2)}`,major:!1}:{label:t<nt?n:n.slice(0,5),major:!1}}var yi=["Jan","Feb","Mar","Apr","May","Jun","Jul","Aug","Sep","Oct","Nov","Dec"];function nn(e){let t=[],s=new Map,n=new Map;for(let o of e){let r=n.get(o.id)??[1/0,-1/0];n.set(o.id,[Math.min(r[0],o.from),Math.max(r[1],o.to)])}let i=[...n].sort(([,o],[,r])=>o[0]-r[0]);for(let[o,[r,l]]of i){let c=t.findIndex(u=>u<=r);c<0&&(c=t.length),t[c]=l,s.set(o,c)}for(let o of e)o.row=s.get(o.id);return t.length}var wi=22,ki=15,Ai=10,on=26,rn=26,Le=56,xi=2e3,Si=400*864e5,_i=[["10 min",6e5],["1 h",36e5],["6 h",216e5],["1 day",864e5],["7 days",6048e5]],Re=class extends x{static properties={from:{attribute:!1},to:{attribute:!1},lanes:{attribute:!1},unknown:{attribute:!1},at:{attribute:!1},flag:{attribute:!1},counts:{attribute:!1},label:{},zone:{},fixed:{type:Boolean},dense:{type:Boolean},width:{state:!0}};constructor(){super(),Object.assign(this,{lanes:[],unknown:[],at:null,counts:null,width:640})}createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.resizing=new ResizeObserver(([t])=>{this.width=Math.max(240,Math.floor(t.contentRect.width))}),this.resizing.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.resizing.disconnect()}#t(t,s=this.#e){let n=Math.min(Si,Math.max(xi,(this.to-this.from)*t)),i=(s-this.from)/(this.to-this.from);this.#i(s-n*i,n)}get#e(){return this.at!==null&&this.at>=this.from&&this.at<=this.to?this.at:(this.from+this.to)/2}#s(t){let s=this.at??this.to;this.#i(Math.min(s-t/2,m()-t),t)}#n(t){let s=this.to-this.from;this.#i(this.from+s*t,s)}#i(t,s){let n=Math.min(t,m()+s*.04-s),i={from:Math.round(n),to:Math.round(n+s)};this.dispatchEvent(new CustomEvent("range",{detail:i}))}#o(t){let s=this.querySelector("svg").getBoundingClientRect();return this.from+(t.clientX-s.left)/s.width*(this.to-this.from)}#r(t){this.fixed||t.button!==0||t.target.closest("a")||(this.drag={x:t.clientX,from:this.from,moved:!1},t.currentTarget.setPointerCapture(t.pointerId))}#a(t){if(!this.drag)return;let s=t.clientX-this.drag.x;if(Math.abs(s)<4&&!this.drag.moved)return;this.drag.moved=!0;let n=this.to-this.from;this.#i(this.drag.from-s/this.width*n,n)}#l(t){let s=this.drag;if(this.drag=null,!s||s.moved)return;let n=Math.min(Math.round(this.#o(t)),m()-1);this.dispatchEvent(new CustomEvent("moment",{detail:n}))}#c(t){this.fixed||!(t.ctrlKey||t.metaKey)||(t.preventDefault(),this.#t(t.deltaY>0?1.25:.8,this.#o(t)))}#h(t){let s={ArrowLeft:()=>this.#n(-.2),ArrowRight:()=>this.#n(.2),"+":()=>this.#t(.5),"=":()=>this.#t(.5),"-":()=>this.#t(2)}[t.key];!s||t.ctrlKey||t.metaKey||t.altKey||(t.preventDefault(),s())}render(){let t=en(this.from,this.to,this.width),s=(this.at===null?4:rn)+(this.counts?Le:0),n=Ei(this.lanes,s,this.dense?ki:wi),i=n.reduce((o,r)=>Math.max(o,r.bottom),s+8);return a`${this.fixed?d:this.#u()}
      <div class="canvas" @keydown=${this.fixed?d:this.#h}>
        <svg
          width=${this.width}
          height=${i+on}
          viewBox="0 0 ${this.width} ${i+on}"
          role="group"
          aria-label=${this.label}
          class=${this.fixed?"":"moves"}
          @pointerdown=${this.#r}
          @pointermove=${this.#a}
          @pointerup=${this.#l}
          @wheel=${this.#c}
        >
          ${this.unknown.map(o=>Ti(o,t,s-2,i))} ${this.#d(t,i)}
          ${this.counts?Ni(this.counts,t,this.at===null?4:rn,this.to):d}
          ${n.map(o=>O`<g>${Ci(o)}${o.bars.map(r=>Ii(r,t,o,this.width))}</g>`)}
          ${this.#p(t,i)}
        </svg>
      </div>`}#u(){let t=(s,n,i)=>a`<button type="button" title=${n} aria-label=${n} @click=${i}>
        ${s}
      </button>`;return a`<div class="tools" role="toolbar" aria-label="What of the time is in sight">
      ${t("←","Earlier",()=>this.#n(-.5))} ${t("→","Later",()=>this.#n(.5))}
      ${t("−","Zoom out",()=>this.#t(2.5))}
      ${t("+","Zoom in",()=>this.#t(.4))}
      <span class="range">${U(this.from)} → ${this.to>m()?"now":U(this.to)}</span>
      <span class="spans"
        >${_i.map(([s,n])=>t(s,`Show ${s}`,()=>this.#s(n)))}</span
      >
    </div>`}#d(t,s){return sn(this.from,this.to,this.width).map(({ms:n,label:i,major:o})=>O`<g class="tick ${o?"major":""}">
        <line x1=${t(n)} x2=${t(n)} y1="0" y2=${s+5}></line>
        <text x=${t(n)} y=${s+19} text-anchor=${t(n)<20?"start":t(n)>this.width-20?"end":"middle"}>${i}</text>
      </g>`)}#p(t,s){let n=[],i=m();if(i>this.from&&i<this.to&&n.push(O`<line class="now" x1=${t(i)} x2=${t(i)} y1="0" y2=${s}></line>`),this.at===null||this.at<this.from||this.at>this.to)return n;let o=t(this.at)>this.width/2,r=t(this.at)+(o?-6:6);return n.push(O`<g class="moment ${this.flag?.verdict??""}">
      <line x1=${t(this.at)} x2=${t(this.at)} y1="2" y2=${s}></line>
      <circle cx=${t(this.at)} cy="9" r="5"></circle>
      <text x=${r+(o?-4:4)} y="14" text-anchor=${o?"end":"start"}>${this.flag?.text??""}</text>
    </g>`),n}};function Ei(e,t,s){let n=t;return e.map(i=>{let o=i.bars.map(u=>({...u})),r=Math.max(1,nn(o)),l=n+(i.label?18:4),c=l+r*(s+3)+Ai-3;return n=c,{...i,bars:o,top:l,bottom:c,size:s}})}var Ci=e=>e.label?O`<text class="lane" x="4" y=${e.top-5}>${e.label}</text>`:d;function Ii(e,t,s,n){let i=Math.max(-4,t(e.from)),o=Math.min(n+4,t(e.to));if(o<0||i>n)return d;let r=Math.max(2,o-i-(e.kind==="certain"?1:0)),l=s.top+e.row*(s.size+3),c=Math.max(i,0),u=Math.min(o,n)-c-6,$=O`<title>${e.title}</title>
    <rect class="bar ${e.kind} ${e.hue??""}" x=${i} y=${l} width=${r} height=${s.size} rx="3"></rect>
    ${e.kind==="certain"?d:O`<rect class="hatch" x=${i} y=${l} width=${r} height=${s.size} rx="3"></rect>`}
    ${e.label&&u>24?O`<svg class="in" x=${c+6} y=${l} width=${u} height=${s.size}><text y=${s.size/2+4}>${e.label}</text></svg>`:d}`;return e.href?O`<a href=${e.href} aria-label=${e.title}>${$}</a>`:O`<g role="img" aria-label=${e.title}>${$}</g>`}function Ti(e,t,s,n){let i=Math.max(1,t(e.to)-t(e.from));return O`<g class="veil ${e.kind}" role="img" aria-label="${e.kind}: ${e.why}">
    <title>${e.kind==="unknown"?"Unknown":"Not confirmed yet"}: ${e.why}</title>
    <rect x=${t(e.from)} y=${s} width=${i} height=${n-s}></rect>
    ${i>70?O`<text x=${t(e.from)+6} y=${n-5}>${e.kind==="unknown"?"unknown":"unconfirmed"}</text>`:d}
  </g>`}function Ni(e,t,s,n){let i=Math.max(1,...e.map(({n:c})=>c)),o=c=>s+Le-12-c/i*(Le-24),r="",l=0;for(let{ms:c,n:u}of e)r+=r?`H${t(c).toFixed(1)}V${o(u).toFixed(1)}`:`M${t(c).toFixed(1)},${o(u).toFixed(1)}`,l=u;return r+=`H${t(Math.min(n,m())).toFixed(1)}`,O`<g class="chart" role="img" aria-label="At most ${i} at once, ${l} at the end">
    <path class="area" d="${r}V${o(0)}H${t(e[0]?.ms??n).toFixed(1)}Z"></path>
    <path class="steps" d=${r}></path>
    <text x="4" y=${s+9}>${i} at most</text>
  </g>`}var Tt=(...e)=>a`<ul class="legend">
    <li><i class="key certain"></i>certain</li>
    <li><i class="key possible"></i>possible</li>
    <li><i class="key unknown"></i>unknown: nobody can tell</li>
    <li><i class="key unconfirmed"></i>not confirmed by a sweep yet</li>
    ${e}
  </ul>`;customElements.define("time-line",Re);var Pe=6e4,Mi=[["10 min ago",10*Pe],["1 h ago",60*Pe],["1 day ago",1440*Pe]],Oe=class extends x{static properties={at:{attribute:!1},route:{attribute:!1},fault:{state:!0}};createRenderRoot(){return this}willUpdate(t){t.has("at")&&(this.fault=void 0)}#t(t){t.preventDefault();try{this.#e(zt(this.querySelector("#at").value))}catch(s){this.fault=s.message}}#e(t){this.fault=void 0,w({at:t===null?"":k(t),from:"",to:""})}#s(){let t=this.querySelector('input[type="datetime-local"]'),{day:s,clock:n}=tt(this.at??m());t.value=`${s}T${n}`;try{t.showPicker()}catch{t.focus()}}#n({target:t}){if(t.value)try{this.#e(zt(t.value))}catch(s){this.fault=s.message}}render(){let t=this.at!==null&&this.at!==void 0;return a`<form class="picker" @submit=${this.#t} aria-label="Time">
      <label for="at">Time</label>
      <span class="field">
        <input
          id="at"
          autocomplete="off"
          spellcheck="false"
          placeholder="now"
          .value=${t?U(this.at):""}
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
        ${Mi.map(([s,n])=>a`<button type="button" @click=${()=>this.#e(m()-n)}>${s}</button>`)}
      </span>
      <small id="at-help" class=${this.fault?"fault":""} role=${this.fault?"alert":"note"}>
        ${this.fault??`03:12, 10m ago, 2026-11-22 03:12 · ${gt()}`}
      </small>
    </form>`}};customElements.define("time-picker",Oe);function B(e,t,s){if(e.from===null)return[{from:t,to:s,kind:"unknown",why:"before the first completed sweep"}];let n=h(e.from),i=Math.max(h(e.to??e.from),n),o=[{from:-1/0,to:n,kind:"unknown",why:"before coverage begins"}];for(let r of e.gaps){let l=`no sweep covers cluster ${re(r.clusterArn)}`;o.push({from:h(r.from),to:h(r.to)??1/0,kind:"unknown",why:l})}return o.push({from:i,to:1/0,kind:"unconfirmed",why:"no completed sweep has confirmed it yet"}),o.map(r=>({...r,from:Math.max(r.from,t),to:Math.min(r.to,s)})).filter(r=>r.from<r.to).sort((r,l)=>r.from-l.from)}var re=e=>(e??"").split("/").pop();function an(e,t){let s=e.gaps.map(i=>[h(i.from),h(i.to)??t]).sort((i,o)=>i[0]-o[0]),n=[];for(let[i,o]of s){let r=n.at(-1);r&&i<=r[1]?r[1]=Math.max(r[1],o):n.push([i,o])}return n}function Nt(e,t){let s=B(e,t,t+1);return s.length?s.map(n=>a`<p class="strip ${n.kind}">
        <strong>${n.kind==="unknown"?"May be incomplete.":"Not confirmed yet."}</strong>
        ${Li(n,e)}
      </p>`):a`<p class="strip good">
      <strong>Inside coverage.</strong> No task of that time can be missing.
    </p>`}function Li(e,t){return t.from===null?"No sweep has completed yet: only events are known.":e.why==="before coverage begins"?a`Nobody can tell what is missing: coverage begins at ${y(h(t.from))}.`:e.kind==="unconfirmed"?a`Completed sweeps confirm what happened up to
    ${y(h(t.to??t.from))}; a task may be added later.`:a`The instant lies in a gap: ${p(e.why)}.`}function ae(e){if(e.from===null)return a`No sweep has completed yet, so nothing can be said for certain about the past.`;let t=e.gaps.length;return a`Answers can be trusted since
  ${y(h(e.from))}${t?a`, except in ${t} ${t===1?"gap":"gaps"}`:d}.`}var Ri=6e4,qe=class extends x{static properties={route:{attribute:!1},coverage:{state:!0}};createRenderRoot(){return this}connectedCallback(){super.connectedCallback(),this.repeating=new Ct(()=>this.#t()),this.#t()}disconnectedCallback(){super.disconnectedCallback(),this.repeating.end()}async#t(){try{this.coverage=(await I(["status"])).coverage}catch{}this.repeating.in(Ri)}render(){return!this.coverage||this.route.view==="status"?d:a`<footer>
      ${ae(this.coverage)} <a href=${E(["status"])}>How it is known</a>
    </footer>`}};customElements.define("trust-line",qe);function wt(e){let t=0;for(let s of e)t=t*31+s.codePointAt(0)>>>0;return((t^t>>>7)>>>0)%10}function ln(e,t=new Map){let s=new Set([...t.values()].map(n=>Number(n.slice(4))));s.delete(NaN);for(let n of e){if(t.has(n))continue;if(s.size===10){t.set(n,"hue-x");continue}let i=wt(n);for(;s.has(i);)i=(i+1)%10;s.add(i),t.set(n,`hue-${i}`)}return t}var cn={0:["No answer","It is asked again by itself."],401:["Your credentials were refused","Sign in again, then start the command that opened this page anew."],403:["You may not ask this","Your credentials lack execute-api:Invoke for this API, or have expired."],429:["The API asks for a pause","It is asked again by itself, less often."],503:["The API asks for a pause","It is asked again by itself, less often."]};function hn(e,t){let[s,n]=cn[e.status]??[e.title??"Something went wrong",""],i=e.status===429||e.status===503||e.status===404;return a`<section class="notice ${i?"calm":"bad"}" role=${i?"status":"alert"}>
    <h1 tabindex="-1">${p(s)}</h1>
    <p>${p(e.message)} ${n}</p>
    <button type="button" @click=${t}>Ask again</button>
  </section>`}function un(e,t,s){let[n,i]=cn[e.status]??[e.title??"Something went wrong",""],o=t?`Shown is what was known at ${A(t)}.`:"";return a`<p class="strip" role="status">
    <strong>${p(n)}.</strong> ${p(e.message)} ${o} ${i}
    <button type="button" @click=${s}>Ask again</button>
  </p>`}function dn(){return a`<section class="skeleton" aria-busy="true">
    <h1 tabindex="-1" class="quiet">Loading…</h1>
    <div></div>
    <div></div>
    <div></div>
  </section>`}function P(e,...t){return a`<section class="notice calm">
    <h2>${e}</h2>
    ${t.map(s=>a`<p>${s}</p>`)}
  </section>`}var pn=5e3,Pi=6e4,N=class extends x{static properties={route:{attribute:!1},data:{state:!0},problem:{state:!0}};#t=new Ct(()=>this.#i());#e=null;#s=null;#n=0;loadedAt=null;createRenderRoot(){return this}question(t){return JSON.stringify([t.view,t.args,t.query.at])}async load(t,s){throw new Error(`${this.localName} must say how it loads (${t}, ${s})`)}every(t,s){return Math.max(pn,s*10)}page(t){return a`${t}`}get isLive(){return!this.route.query.at}willUpdate(t){if(!t.has("route")||this.question(this.route)===this.#s)return;let s=t.get("route");JSON.stringify(s?.args)!==JSON.stringify(this.route.args)&&(this.data=void 0),this.#n=0,this.#i()}async#i(){this.#e?.abort();let t=new AbortController;this.#e=t,this.#s=this.question(this.route),this.#t.in(null);let s=this.data===void 0;s&&T.show({mode:"loading",note:""});let n=performance.now();try{let i=r=>{s&&this.#e===t&&(this.data=r)},o=await this.load(t.signal,i);if(this.#e!==t)return;this.#o(o,performance.now()-n)}catch(i){this.#e===t&&i.name!=="AbortError"&&this.#r(i)}}#o(t,s){this.data=t,this.problem=void 0,this.#n=0,this.loadedAt=m(),T.show({mode:this.isLive?"live":"past",at:this.loadedAt,note:""}),this.#t.in(this.isLive?this.every(t,s):null)}#r(t){this.problem=t,this.#n+=1;let s=t.status===429||t.status===503;T.show({mode:s?"throttled":"failed",note:t.message});let n=t.status===0||t.status>=500||s||!t.status;this.#t.in(n?Math.min(pn*2**(this.#n-1),Pi):null),!t.status&&t.status!==0&&console.error(t)}retry(){this.problem=void 0,this.#i()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.abort(),this.#t.end()}render(){let t=()=>this.retry();return this.data===void 0?this.problem?hn(this.problem,t):dn():a`${this.problem?un(this.problem,this.loadedAt,t):""}
    ${this.page(this.data)}`}};var Oi=250,Mt=class extends N{static properties={range:{state:!0}};#t=null;firstRange(){return{from:m()-864e5,to:m()+36e5}}willUpdate(t){t.has("route")&&this.#e(t.get("route")),super.willUpdate(t)}#e(t){let{query:s,args:n}=this.route,i=JSON.stringify(t?.args)!==JSON.stringify(n);s.from&&s.to?this.range={from:h(s.from),to:h(s.to)}:(!this.range||i||t?.query.from||!this.#s(s.at))&&(this.range=this.firstRange())}#s(t){return!t||h(t)>this.range.from&&h(t)<this.range.to}move({from:t,to:s}){this.range={from:t,to:s},clearTimeout(this.#t),this.#t=setTimeout(()=>w({from:k(t),to:k(s)}),Oi)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#t)}advance(){let{at:t,from:s}=this.route.query;t||s||(this.range=this.firstRange())}get asked(){let t=Math.min(this.range.to,m()-1e3);return{from:k(Math.min(this.range.from,t-1e3)),to:k(t)}}question(t){return JSON.stringify([super.question(t),t.query.from,t.query.to])}};var Ue={held:["●","Held"],possible:["◐","Possible"],none:["○","No task"],unconfirmed:["…","Unconfirmed"],unknown:["?","Unknown"]};function mn(e){let[t,s]=Ue[e.verdict],n=r=>`${p(R(r)).slice(0,24)} ${L(r.taskId)}`,i=e.holders.length?"◐ ":"",o=[...e.holders.map(n),...e.possible.map(r=>`${i}${n(r)}`)];return{verdict:e.verdict,text:[`${t} ${s}`,...o.slice(0,2)].join(" · ")}}function ze(e){if(!e.attachedAt)return a`from an instant that is not known`;let t=h(e.attachedAt),s=e.attachedAtEstimated?a`at the earliest from ${y(t)}`:a`from ${y(t)}`;if(!e.releasedAt)return e.attachedAtEstimated?s:a`since ${y(t)}`;let n=e.releasedAtEstimated?" at the latest":"";return a`${s} to ${y(h(e.releasedAt))}${n}`}function $n(e,t){return[...{held:()=>e.holders.map(n=>qi(e,n,t)),possible:()=>[a`<strong
        >Nobody can say for certain who had ${Lt(e)} ${le(e,t)}.</strong
      >`],none:()=>[a`<strong
          >No ECS task ${t?"had":"has"} ${Lt(e)} ${le(e,t)}.</strong
        >
        <span class="quiet">An instance, a load balancer or a database may.</span>`],unconfirmed:()=>[Di(e,t)],unknown:()=>[Hi(e,t)]}[e.verdict](),...e.possible.map(n=>Ui(e,n,t))]}var Lt=e=>a`<span class="ip">${e.ip}</span>`,le=(e,t)=>t?J(h(e.at)):"now",gn=e=>e.subnetId?a`, in ${et(e.subnetId)}`:d;function qi(e,t,s){let n=s?a`${J(h(e.at),!0)}, ${Lt(e)} was held by`:a`${Lt(e)} is held by`;return a`<strong>${n} ${Et(t)}</strong>, ${ze(t)}${gn(t)}.`}function Ui(e,t,s){let n=s?"may have been":"may be",i=a`${Et(t)}: ${zi(t,h(e.at))}`;return e.holders.length&&t.subnetId?a`In ${et(t.subnetId)}, it ${n} ${i}.`:a`It ${n} ${i}.`}function zi(e,t){if(e.attachedAtEstimated){let o=e.releasedAt?a` and was gone by ${y(h(e.releasedAt))}`:"";return a`it was created ${J(h(e.createdAt))}${o}, and nothing proves when it
    had the address`}let s=h(e.attachedAt);if(t<s)return a`it certainly had the address from ${y(s)}, and not yet at
    ${y(h(e.attachedNotBefore))}`;let n=h(e.releasedNotBefore),i=h(e.releasedAt);return a`it certainly had the address from
  ${y(s)}${n?a` to ${y(n)}`:d}${i?a`, and no longer at ${y(i)}`:d}`}function Di(e,t){let s=e.coverage.to??e.coverage.from;return a`<strong
      >No task is known to ${t?"have had":"have"} ${Lt(e)}
      ${le(e,t)}.</strong
    >
    No completed sweep has confirmed it
    yet${s?a`: sweeps confirm up to ${y(h(s))}`:d}.`}function Hi(e,t){let s=h(e.at),[n]=B(e.coverage,s,s+1).filter(({kind:o})=>o==="unknown"),i=e.coverage.from===null?"No sweep has completed yet.":n?.why.startsWith("before")?a`Coverage begins at ${y(h(e.coverage.from))}.`:a`The instant lies in a gap${n?`: ${p(n.why)}`:""}.`;return a`<strong>Nobody can tell who had ${Lt(e)} ${le(e,t)}.</strong>
    ${i}`}var fn=e=>e<1e3?"less than 1 s":W(e);function bn(e){let t=h(e.at),s=[...e.holders,...e.possible,...e.previous,...e.next],n=new Set(s.map(l=>l.subnetId)).size>1,i=l=>a`${Et(l)}${n?gn(l):d}`,o=e.previous.map(l=>{let c=h(l.releasedAt??l.releasedNotBefore),u=c?a`, until ${y(c)} <span class="quiet">(${fn(t-c)} before)</span>`:d;return a`<li><b>Before</b> <span>${i(l)}${u}</span></li>`}),r=e.next.map(l=>{let c=h(l.attachedAt);return a`<li>
      <b>After</b>
      <span
        >${i(l)}, from ${y(c)}
        <span class="quiet">(${fn(c-t)} later)</span></span
      >
    </li>`});return!o.length&&!r.length?d:a`<ul class="neighbours" aria-label="Who had it before and after">
    ${o}${r}
  </ul>`}var De=432e5,He=class extends Mt{question(t){return JSON.stringify([super.question(t),t.query.subnetId])}firstRange(){let{at:t}=this.route.query;if(!t)return super.firstRange();let s=Math.min(h(t)+De/2,m()+De/24);return{from:s-De,to:s}}async load(t){let[s]=this.route.args,{at:n,subnetId:i}=this.route.query;this.advance();let{from:o,to:r}=this.asked,[l,c]=await Promise.all([I(["ips",s],{at:n,subnetId:i},{signal:t}),I(["lookups"],{},{signal:t,body:{lookups:[{ip:s,from:o,to:r,...i&&{subnetId:i}}]}})]),[u]=c.results;if(u.error)throw new K(400,"Not answered",u.error.detail??String(u.error));return{answer:l,result:u,windowTo:h(r)}}page({answer:t,result:s,windowTo:n}){let i=this.route.query.at,o=new Map([...s.holders,...s.possible].map(c=>[c.taskArn,c])),[r,l]=Ue[t.verdict];return a`
      <header class="title">
        <h1 tabindex="-1">
          <span class="ip">${t.ip}</span>
          <span class="verdict ${t.verdict}"
            ><span aria-hidden="true">${r}</span> ${l}</span
          >
        </h1>
      </header>
      <div class="answer" aria-live="polite">
        ${$n(t,i).map(c=>a`<p class="lead">${c}</p>`)}
      </div>
      ${this.#t(t)} ${bn(t)}
      <time-picker .at=${i?h(i):null} .route=${this.route}></time-picker>
      <section class="card" aria-label="Time line">
        <time-line
          label="Who had ${t.ip}, from ${A(this.range.from)} to ${A(this.range.to)}"
          .from=${this.range.from}
          .to=${this.range.to}
          .lanes=${this.#e(s.spans??[],o,n)}
          .unknown=${B(t.coverage,this.range.from,Math.min(this.range.to,m()))}
          .at=${h(t.at)}
          .flag=${mn(t)}
          zone=${this.route.query.zone??""}
          @range=${({detail:c})=>this.move(c)}
          @moment=${({detail:c})=>w({at:k(c)})}
        ></time-line>
        ${Tt(a`<li><i class="key bare"></i>inside coverage: no task</li>`)}
        <p class="quiet hint">
          Click the picture to ask about another moment. Drag to move, Ctrl + wheel to zoom.
        </p>
      </section>
      ${this.#s(s,o)}
    `}#t(t){let{subnetId:s}=this.route.query;if(s)return a`<p class="strip plain">
        Only <b>${p(s)}</b> is asked.
        <button type="button" @click=${()=>w({subnetId:""})}>All subnets</button>
      </p>`;let n=new Set([...t.holders,...t.possible,...t.previous].map(i=>i.subnetId).filter(Boolean));return n.size<2?d:a`<p class="strip plain">
      Several subnets use this address, each for itself. Ask about one:
      ${[...n].map(i=>a`<button type="button" @click=${()=>w({subnetId:i})}>${p(i)}</button>`)}
    </p>`}#e(t,s,n){let i=new Map,o=[...s.keys()];for(let r of t){let l=s.get(r.taskArn);if(!l)continue;let c=l.subnetId??"subnet not known";i.has(c)||i.set(c,{label:`in ${p(c)}`,bars:[]}),i.get(c).bars.push(ji(r,l,n,o.indexOf(r.taskArn)%2?"alt":""))}return i.size?[...i.values()]:[{label:"no task in this time",bars:[]}]}#s(t,s){if(!s.size)return P("No task is known in the time that is shown","Zoom out, or look at another moment.");let n=[...s.values()];return a`<section>
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
        .columns=${je.filter(({key:i})=>i!=="address")}
        sort=${this.route.query.sort??"-from"}
        zone=${this.route.query.zone??""}
        @sort=${({detail:i})=>w({sort:i})}
      ></data-table>
    </section>`}};function ji(e,t,s,n){let i=h(e.from),o=h(e.to)>=s&&!t.releasedAt,r=o?m():h(e.to),l=e.certain?"certain":"possible",c=`${p(R(t))} ${L(t.taskId)}`,u=`${c}: ${e.certain?"certainly":"possibly"} ${A(i)} to ${o?"now":A(r)}`;return{id:t.taskArn,from:i,to:r,kind:l,hue:`hue-${wt(R(t))} ${n}`,label:c,title:u,href:M(t)}}var vn=(e,t,s,n={})=>({key:e,label:t,value:i=>i[s],cell:i=>j(h(i[s])),...n}),je=[vn("from","From","attachedAt",{narrow:!0}),vn("until","Certainly until","releasedNotBefore"),{key:"to",label:"At the latest until",narrow:!0,value:e=>e.releasedAt,cell:e=>e.releasedAt?j(h(e.releasedAt)):a`<span class="came">holds it</span>`},{key:"service",label:"Service",narrow:!0,value:R,cell:bt},{key:"cluster",label:"Cluster",value:e=>e.cluster,cell:e=>a`<bdi>${p(e.cluster)}</bdi>`},{key:"taskId",label:"Task",value:e=>e.taskId,cell:e=>Dt(e)},{key:"address",label:"Address",value:e=>e.privateIpv4Address??e.ipv6Address,order:e=>st(e.privateIpv4Address),cell:e=>a`<span class="ip">${e.privateIpv4Address??e.ipv6Address??"–"}</span>`},{key:"subnetId",label:"Subnet",value:e=>e.subnetId,cell:e=>et(e.subnetId)}];customElements.define("address-view",He);var Be=class extends N{async load(t){let s=await I(["enis",this.route.args[0]],{},{signal:t});return location.replace(M(s)),s}every(){return null}page(t){return a`<h1 tabindex="-1"><a href=${M(t)}>Its task</a></h1>`}};customElements.define("eni-view",Be);var yn=60,We=2e4,Bi=je.filter(({key:e})=>e!=="service"&&e!=="cluster").map(e=>e.key==="address"?{...e,narrow:!0}:e),ht=e=>e.privateIpv4Address??e.ipv6Address??"no address",Ke=class extends Mt{async load(t,s){this.advance();let[n,i]=this.route.args,o=r=>s({...r,complete:!1});return V(["services",n,i,"history"],this.asked,{signal:t,onPage:o,most:We})}page({items:t,coverage:s,complete:n}){let[i,o]=this.route.args,{query:r}=this.route,l=r.at?h(r.at):m(),c=t.filter(u=>Wi(u,l));return a` <header class="title">
        <h1 tabindex="-1">
          <bdi>${p(o)}</bdi>
          <small class="quiet"
            >service of cluster
            <a href=${E(["tasks"],{cluster:i})}><bdi>${p(i)}</bdi></a></small
          >
        </h1>
      </header>
      <p class="lead">
        ${r.at?a`${J(l,!0)} it had`:"It has"}
        <strong>${_(c.length,"task")} with an address</strong>${r.at?"":" now"}.
        <span class="quiet"
          >${_(t.length,"task")} on
          ${_(new Set(t.map(ht)).size,"address","addresses")} from
          ${y(this.range.from)} to ${this.range.to>m()?"now":y(this.range.to)}.</span
        >
      </p>
      <time-picker .at=${r.at?l:null} .route=${this.route}></time-picker>
      ${r.at?Nt(s,l):d}
      ${n===!1&&t.length>=We?a`<p class="strip">Only ${b(We)} tasks were read. Zoom in to see the others.</p>`:d}
      <section class="card" aria-label="Time line">
        <time-line
          dense
          label="Tasks of ${p(o)} by address"
          .from=${this.range.from}
          .to=${this.range.to}
          .counts=${Fi(t,this.range)}
          .lanes=${Ki(t,r.at)}
          .unknown=${B(s,this.range.from,Math.min(this.range.to,m()))}
          .at=${r.at?l:null}
          .flag=${{verdict:"held",text:_(c.length,"task")}}
          zone=${r.zone??""}
          @range=${({detail:u})=>this.move(u)}
          @moment=${({detail:u})=>w({at:k(u)})}
        ></time-line>
        ${Tt()}
      </section>
      ${t.length?this.#t(t):P("No task of this service had an address in the time shown","Zoom out, or look at another time.")}`}#t(t){return a`<section>
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
        .columns=${Bi}
        sort=${this.route.query.sort??"-from"}
        zone=${this.route.query.zone??""}
        @sort=${({detail:s})=>w({sort:s})}
      ></data-table>
    </section>`}},Wi=(e,t)=>e.attachedAt!==null&&h(e.attachedAt)<=t&&(e.releasedAt===null||h(e.releasedAt)>t);function Ki(e,t){let s=[...e].sort((c,u)=>h(u.attachedAt)-h(c.attachedAt)),n=new Set(s.map(ht).slice(0,5e3)),i=[...n].slice(0,yn).sort((c,u)=>(st(c)??"")<(st(u)??"")?-1:1),o=new Map(i.map(c=>[c,0])),r=s.reverse().filter(c=>o.has(ht(c))).flatMap(c=>{let u=o.get(ht(c));return o.set(ht(c),u+1),Vi(c,u%2?"alt":"",t)});return[{label:n.size>i.length?`the ${yn} addresses used last, of ${b(n.size)}`:"each address with its tasks",bars:r}]}function Vi(e,t,s){if(!e.attachedAt)return[];let n=h(e.releasedAt)??m(),i=h(e.attachedAt),o=e.attachedAtEstimated?i:h(e.releasedNotBefore)??n;return[[h(e.attachedNotBefore)??i,i,"possible"],[i,o,"certain"],[o,n,"possible"]].filter(([l,c])=>l<c).map(([l,c,u])=>({id:ht(e),from:l,to:c,kind:u,hue:`hue-${wt(R(e))} ${t}`,href:M(e,{at:s}),label:u==="certain"?`${ht(e)} ${L(e.taskId)}`:"",title:`${ht(e)} ${L(e.taskId)}: ${u==="certain"?"certainly":"possibly"} ${A(l)} to ${e.releasedAt||c<m()-1e3?A(c):"now"}`}))}function Fi(e,{from:t,to:s}){let n=new Map([[t,0],[Math.min(s,m()),0]]),i=(r,l)=>n.set(r,(n.get(r)??0)+l);for(let r of e)!r.attachedAt||h(r.attachedAt)>=s||(i(Math.max(t,h(r.attachedAt)),1),r.releasedAt&&h(r.releasedAt)<s&&i(Math.max(t,h(r.releasedAt)),-1));let o=0;return[...n].sort((r,l)=>r[0]-l[0]).map(([r,l])=>({ms:r,n:o+=l}))}customElements.define("service-view",Ke);var wn=864e5,Zi=[["clusters","clusters swept"],["tasksSeen","tasks seen"],["missed","tasks of which no event had come"],["repaired","records repaired"],["closed","tasks closed that ECS no longer knew"],["drift","repairs of what events should have told (drift)"],["unreadable","tasks that could not be read"]],Ve=class extends N{load(t){return I(["status"],{},{signal:t})}every(t,s){return Math.max(15e3,super.every(t,s))}page({coverage:t,lastEventAt:s,lastReconcile:n,version:i}){return a` <h1 tabindex="-1" class="lead"><strong>${ae(t)}</strong></h1>
      <section class="card" aria-label="Coverage">${this.#t(t)}</section>
      <dl class="tiles-of-facts">
        ${ce("Coverage begins",h(t.from),"Before that, nobody can tell.")}
        ${ce("Confirmed by sweeps up to",h(t.to),"Later answers may still change.")}
        ${ce("Last event from ECS",h(s),"Exact to one minute.")}
        ${ce("Last completed sweep",h(n?.finishedAt??null),n?`It took ${W(h(n.finishedAt)-h(n.startedAt))}.`:"None yet.")}
        <div>
          <dt>Drift</dt>
          <dd class=${n?.drift?"fault":""}>
            ${n?b(n.drift??0):"–"}
          </dd>
          <dd class="note">Repairs of what events should have told: normally 0.</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>${S(i)}</dd>
          <dd class="note">of the deployed service</dd>
        </div>
      </dl>
      ${t.gaps.length?Gi(t.gaps):a`<p>There is no gap in the coverage.</p>`}
      ${n?Yi(n):d}`}#t(t){let s=m(),n=h(t.from)??s-36e5,i=s-n>2*wn?s-wn:null;return a`${i?a`<h2>The last 24 hours</h2>
            ${this.#e(t,i,s)}`:d}
      <h2>Since coverage began</h2>
      ${this.#e(t,n,s)}
      <ul class="legend">
        <li><i class="key certain good"></i>covered: “no task” means no task</li>
        <li><i class="key unknown"></i>unknown: tasks may be missing</li>
        <li><i class="key unconfirmed"></i>not confirmed by a sweep yet</li>
      </ul>`}#e(t,s,n){let i=Math.max(6e4,(n-s)*.03);return a`<time-line
      fixed
      label="Coverage from ${A(s)} to now"
      .from=${s-i}
      .to=${n+i}
      zone=${this.route.query.zone??""}
      .lanes=${[{bars:Ji(t,n)}]}
      .unknown=${B(t,s-i,n)}
    ></time-line>`}};function Ji(e,t){if(e.from===null||e.to===null)return[];let s=[],n=h(e.from),i=h(e.to);for(let[o,r]of[...an(e,t),[i,i]]){let l=Math.min(o,i);n<l&&s.push({id:`${n}`,from:n,to:l,kind:"certain",hue:"good",label:"covered",title:`Covered from ${A(n)} to ${A(l)}`}),n=Math.max(n,r)}return s}var ce=(e,t,s)=>a`<div>
    <dt>${e}</dt>
    <dd>${t===null?"–":a`${y(t)} <span class="quiet">${H(t)}</span>`}</dd>
    <dd class="note">${s}</dd>
  </div>`;function Gi(e){return a`<section>
    <h2>Gaps</h2>
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
          ${e.map(t=>a`<tr>
                <td>${j(h(t.from))}</td>
                <td>${t.to?j(h(t.to)):"lasts"}</td>
                <td>${W((h(t.to)??m())-h(t.from))}</td>
                <td title=${p(t.clusterArn)}>
                  <bdi>${p(re(t.clusterArn))}</bdi>
                </td>
              </tr>`)}
        </tbody>
      </table>
    </div>
  </section>`}function Yi(e){return a`<section>
    <h2>The last completed sweep</h2>
    <dl class="counts">
      <dt>started</dt>
      <dd>${j(h(e.startedAt))}</dd>
      ${Zi.filter(([t])=>e[t]!==void 0&&e[t]!==null).map(([t,s])=>a`<dt>${s}</dt>
            <dd>${b(e[t])}</dd>`)}
    </dl>
  </section>`}customElements.define("status-view",Ve);var Fe=36e5,kn=3e5,Ze=1024;function An(e,t,s){let n=new Map(t.map(o=>[o.taskArn,o])),i=new Map;for(let o of t){let r=h(o.releasedAt);if(!o.privateIpv4Address||r===null||r>s||s-r>Fe)continue;let l=i.get(o.privateIpv4Address);if(l&&h(l.record.releasedAt)>r)continue;let c=s-r<kn;i.set(o.privateIpv4Address,{state:"released",record:o,changed:c})}for(let o of e){if(at(o.address)===null)continue;let r=n.get(o.taskArn),l=o.certain??!r?.attachedAtEstimated,c=!!o.attachedAt&&s-h(o.attachedAt)<kn,u=i.get(o.address);!l&&u?.state==="held"||i.set(o.address,{state:l?"held":"possible",row:o,record:r,changed:c})}return i}function xn(e,t,s,n){let{first:i,size:o}=G(e),r=G(t);return Array.from({length:o},(l,c)=>{let u=i+c,$=Te(u);return Xi(u,r)?{ip:$,state:"aws"}:{ip:$,...s.get($)??{state:n}}})}function Xi(e,{first:t,size:s}){return e<t+4||e===t+s-1}function Sn(e,t){let s=G(e),n=Array.from({length:s.size/256},(i,o)=>({prefix:`${Te(s.first+o*256)}/24`,usable:256-(o===0?4:0)-(o===s.size/256-1?1:0),held:0,possible:0,released:0,changed:0}));for(let[i,{state:o,changed:r}]of t){let l=n[Math.floor((at(i)-s.first)/256)];l&&(l[o]+=1,r&&(l.changed+=1))}return n}function he(e){let t={held:0,possible:0,released:0,changed:0};for(let{state:s,changed:n}of e.values())t[s]+=1,n&&(t.changed+=1);return t}var Je=12;function _n(e,{classes:t,tiled:s,rest:n,only:i,choose:o}){let r=new Map;for(let{row:f}of e.values())f&&r.set(f.service,(r.get(f.service)??0)+1);let l=[...r].sort((f,g)=>g[1]-f[1]),c=he(e);if(s)return to(l,c);let u=l.filter(([f])=>(t.get(f)??"hue-x")!=="hue-x"),$=(f,g,v)=>a`<li>
      <i class="key cell ${f}"></i>${g} ${v?a`<b>${b(v)}</b>`:d}
    </li>`;return a`<ul class="legend column" aria-label="Legend">
    ${u.map(([f,g])=>Qi(f,g,t.get(f),i,o))}
    ${u.length<l.length?$("held hue-x","other tasks",0):d}
    ${$("possible","possible",c.possible)}
    ${$("released","released within the hour",c.released)}
    ${$("changed","changed in the last 5 minutes",c.changed)}
    ${n==="unknown"?$("unknown","unknown: nobody can tell",0):$("none","no task (an instance or a database may have it)",0)}
    ${$("aws","kept by AWS",0)}
  </ul>`}function Qi(e,t,s,n,i){return a`<li>
    <button
      type="button"
      class="plain"
      aria-pressed=${n===e?"true":"false"}
      title="Show this service alone"
      @click=${()=>i(e)}
    >
      <i class="key cell held ${s}"></i><bdi>${p(e)}</bdi> <b>${b(t)}</b>
    </button>
  </li>`}function to(e,t){let s=(n,i,o)=>a`<li><i class="key ${n}"></i>${i} <b>${b(o)}</b></li>`;return a`<ul class="legend column" aria-label="Legend">
      ${s("bar held","held",t.held)} ${s("bar possible","possible",t.possible)}
      ${s("bar released","released within the hour",t.released)}
      ${s("cell changed","changed in the last 5 minutes",t.changed)}
    </ul>
    <section aria-label="Services">
      <p><b>${_(e.length,"service")}, most addresses first:</b></p>
      <ul class="legend column">
        ${e.slice(0,Je).map(([n,i])=>a`<li><bdi>${p(n??"no service")}</bdi> <b>${b(i)}</b></li>`)}
        ${e.length>Je?a`<li>and ${b(e.length-Je)} more</li>`:d}
      </ul>
    </section>`}var eo=[["1 h",36e5],["6 h",216e5],["1 day",864e5],["7 days",6048e5]],ut=240,Ge=class extends N{static properties={reach:{state:!0},sliding:{state:!0},only:{state:!0}};constructor(){super(),Object.assign(this,{reach:864e5,sliding:null,only:null}),this.colours=new Map,this.past=new Map}willUpdate(t){t.has("route")&&t.get("route")?.args[0]!==this.route.args[0]&&this.past.clear(),super.willUpdate(t)}async load(t){let{at:s}=this.route.query,n=s??"";if(this.past.has(n))return this.past.get(n);let[i]=this.route.args,o=s?h(s):m(),r={from:k(o-Fe),...s&&{to:s}},[l,c,{items:u},{coverage:$}]=await Promise.all([this.#t(i,t),Gs({subnetId:i,at:s},{signal:t}),V(["tasks"],{subnetId:i,...r},{signal:t}),I(["status"],{},{signal:t})]);if(!l&&!c.length&&!u.length)throw new K(404,"Not known",`No task was ever seen in ${i}.`);let f=c.filter(({address:v})=>v.includes(":")),g={subnet:l,sixes:f,found:An(c,u,o),coverage:$,instant:o,at:s};return s&&this.past.set(n,g),g}async#t(t,s){return(this.subnet?.subnetId!==t||!this.subnet.ipv4Cidr)&&(this.subnet=await so(t,s)),this.subnet}page(t){let[s]=this.route.args,{subnet:n,found:i,coverage:o,instant:r,at:l}=t,c=this.#e(i);return a` <header class="title">
        <h1 tabindex="-1">
          <span class="id">${p(s)}</span>
          <small class="quiet"
            >${n?.ipv4Cidr??""} ${n?.availabilityZone??""}
            ${n?.vpcId??""}</small
          >
        </h1>
      </header>
      <p class="lead" aria-live="polite">${no(n,he(i),l,this.#r(t))}</p>
      <time-picker .at=${l?h(l):null} .route=${this.route}></time-picker>
      ${this.#s()} ${l?Nt(o,r):d}
      <div class="beside">
        <section class="card">${this.#i(n,i,c,t)}</section>
        <aside>
          ${_n(i,{classes:c,tiled:this.#o(n),rest:this.#r(t),only:this.only,choose:u=>this.only=this.only===u?null:u})}
          <section aria-label="What changed">${js(i,r,l)}</section>
        </aside>
      </div>`}#e(t){let s=new Map;for(let{row:i}of t.values())i&&s.set(i.service,(s.get(i.service)??0)+1);let n=[...s].sort((i,o)=>o[1]-i[1]).map(([i])=>i);return ln(n.filter(i=>i!==null),this.colours)}#s(){let t=m(),s=this.sliding??(this.route.query.at?h(this.route.query.at):t),n=Math.max(this.reach,t-s>this.reach?t-s:0),i=Math.round(ut-(t-s)/n*ut),o=({target:r})=>Number(r.value)===ut?null:Math.round(t-(ut-r.value)/ut*n);return a`<div class="slider">
      <label for="slide">Through time</label>
      <input
        id="slide"
        type="range"
        min="0"
        max=${ut}
        .value=${String(i)}
        aria-valuetext=${i===ut?"now":U(s)}
        @input=${r=>this.#n(o(r))}
      />
      <output for="slide">${i===ut?"now":U(s)}</output>
      <span class="buttons" role="group" aria-label="How far the slider reaches"
        >${eo.map(([r,l])=>a`<button
              type="button"
              aria-pressed=${this.reach===l?"true":"false"}
              @click=${()=>this.reach=l}
            >
              ${r}
            </button>`)}</span
      >
    </div>`}#n(t){this.sliding=t??m(),clearTimeout(this.timer),this.timer=setTimeout(()=>{this.sliding=null,w({at:t===null?"":k(t)})},150)}#i(t,s,n,i){let{instant:o,at:r,sixes:l}=i,c=t?.ipv4Cidr;if(!c)return this.#a(s,r);let{block:u}=this.route.query,$=u&&G(u)&&G(c).size>Ze;return this.#o(t)?a`<p class="quiet">
          Each tile is a /24 of ${c}, named by its third number:
          ${c.split(".").slice(0,2).join(".")}.<b>x</b>.0. The bold number is how many of its
          addresses tasks hold. Open one to see them.
        </p>
        ${Hs(Sn(c,s),f=>D(t.subnetId,{at:r,block:f}))}`:a`${$?a`<p>
            <a href=${D(t.subnetId,{at:r})}>← all of ${c}</a>
            <b class="ip">${u}</b>
          </p>`:d}
      <address-grid
        .cells=${xn($?u:c,c,s,this.#r(i))}
        .classes=${n}
        .instant=${o}
        .at=${r}
        .only=${this.only}
        zone=${this.route.query.zone??""}
      ></address-grid>
      ${l.length?a`<details>
            <summary>${_(l.length,"IPv6 address","IPv6 addresses")}</summary>
            <ul class="changes">
              ${l.map(f=>a`<li>${_t(f.address,{at:r})} ${S(f.service)}</li>`)}
            </ul>
          </details>`:d}`}#o(t){let{block:s}=this.route.query;return!!(t?.ipv4Cidr&&G(t.ipv4Cidr).size>Ze&&!(s&&G(s)))}#r({coverage:t,instant:s,at:n}){return(n?B(t,s,s+1):[]).some(({kind:o})=>o==="unknown")?"unknown":"none"}#a(t,s){return t.size?a`<p class="quiet">
        The prefix of this subnet is not known yet, so only addresses with a task are listed.
      </p>
      <ul class="changes">
        ${[...t.keys()].map(n=>a`<li><a class="ip" href=${q(n,{at:s})}>${n}</a></li>`)}
      </ul>`:P("No address is known here","The prefix of this subnet has not been looked up yet.")}};async function so(e,t){let{items:s}=await V(["subnets"],{},{signal:t});return s.find(n=>n.subnetId===e)??null}function no(e,t,s,n){let i=s?a`${J(h(s),!0)}, tasks held`:a`Tasks hold`;if(!e?.usable)return a`${i} <strong>${_(t.held,"address","addresses")}</strong> here.`;let o=ee(t.held,e.usable),r=e.usable-t.held-t.possible-t.released;return a`${i} <strong>${b(t.held)} of ${b(e.usable)}</strong> usable
    addresses, <strong>${o}</strong>.
    <span class="quiet"
      >${t.possible?`${b(t.possible)} possibly held, `:""}${b(t.released)}
      released within the hour, ${b(r)}
      ${n==="unknown"?"of which nobody can tell":"without a task"}.</span
    >`}customElements.define("subnet-view",Ge);var Ye=(e,t,s={})=>({key:e,label:t,value:n=>n[e],cell:n=>n[e]===null?S(null):b(n[e]),...s}),Qe=e=>e.usable?e.held/e.usable:null,io=[{key:"subnetId",label:"Subnet",narrow:!0,value:e=>e.subnetId,cell:e=>a`<a class="id" href=${D(e.subnetId)}>${p(e.subnetId)}</a>`},{key:"ipv4Cidr",label:"Prefix",narrow:!0,value:e=>e.ipv4Cidr,order:e=>st(e.ipv4Cidr?.split("/")[0]),cell:e=>a`<span class="ip">${S(e.ipv4Cidr)}</span>`},{key:"full",label:"Held by tasks",narrow:!0,value:Qe,cell:oo},Ye("held","Held"),Ye("usable","Usable"),Ye("released","Released in the last hour"),{key:"rest",label:"Without a task",value:Xe,cell:e=>Xe(e)===null?S(null):b(Xe(e))},{key:"availabilityZone",label:"Zone",value:e=>e.availabilityZone,cell:e=>S(e.availabilityZone)},{key:"vpcId",label:"VPC",value:e=>e.vpcId,cell:e=>S(e.vpcId)}];function Xe(e){return e.usable===null?null:e.usable-e.held-e.released}function oo(e){return Qe(e)===null?S(null):a`<span class="meter wide"
      ><i class="held" ${Z({width:`${100*Qe(e)}%`})}></i
      ><i class="released" ${Z({width:`${100*e.released/e.usable}%`})}></i
    ></span>
    ${ee(e.held,e.usable)}`}var ts=class extends N{load(t){return V(["subnets"],{},{signal:t})}page({items:t}){let s=t.reduce((n,i)=>n+i.held,0);return t.length?a`<h1 tabindex="-1" class="lead">
        Tasks hold ${_(s,"address","addresses")} in ${_(t.length,"subnet")} now.
      </h1>
      <div class="bar">
        <button type="button" @click=${()=>this.querySelector("data-table").save("subnets.csv")}>
          CSV
        </button>
      </div>
      <data-table
        label="Subnets"
        .rows=${t}
        .columns=${io}
        .rowKey=${n=>n.subnetId}
        sort=${this.route.query.sort??"-full"}
        @sort=${({detail:n})=>w({sort:n})}
      ></data-table>`:a`<h1 tabindex="-1" class="lead">No subnet yet</h1>
        ${P("No task was seen in any subnet","Subnets appear with the first task that has an address.")}`}};customElements.define("subnets-view",ts);var ro=[["createdAt","created"],["attachedNotBefore","certainly without its address"],["attachedAt","first proof of its address"],["connectivityAt","connected"],["startedAt","started"],["stoppingAt","stopping"],["executionStoppedAt","last container stopped"],["releasedNotBefore","last proof of its address"],["releasedAt","certainly without its address again"],["stoppedAt","stopped"],["missingAt","no longer known to ECS"]],ao=[["Address",["privateIpv4Address","ipv6Address","addressState","subnetId","vpcId","networkInterfaceId","macAddress","privateDnsName","attachmentId","attachmentStatus","networkMode"]],["Task",["taskArn","taskId","cluster","clusterArn","service","group","startedBy","taskDefinitionArn","version","account","region"]],["Where it runs",["launchType","capacityProviderName","platformVersion","availabilityZone","containerInstanceArn"]],["State",["lastStatus","desiredStatus","live","stopCode","stoppedReason","source","observedAt","attachedAtEstimated","releasedAtEstimated"]]],es=class extends N{question(t){return JSON.stringify([super.question(t),t.query.arn])}async load(t){let{arn:s}=this.route.query;try{return{record:await I(["tasks",...this.route.args],{},{signal:t})}}catch(n){let i=n.status===409?n.body.choices:null;if(!i)throw n;let o=i.find(r=>r.taskArn===s);return o?{record:o}:{choices:i}}}every({record:t},s){return t?.live?super.every(t,s):null}page({record:t,choices:s}){return s?this.#t(s):a` <header class="title">
        <h1 tabindex="-1">
          Task <span class="id" title=${p(t.taskId)}>${L(t.taskId)}</span>
          <span class="verdict ${t.live?"held":"none"}">${p(t.lastStatus)}</span>
        </h1>
      </header>
      <p class="lead">${ho(t)}</p>
      ${t.stoppedReason?a`<p class="strip plain">
            <strong>${S(t.stopCode)}</strong> ${S(t.stoppedReason)}
          </p>`:d}
      <section class="card" aria-label="Its life">${this.#e(t)}${Tt()}</section>
      <div class="facts">
        <section>
          <h2>Its life</h2>
          <dl>
            ${ro.filter(([n])=>t[n]).sort((n,i)=>h(t[n[0]])-h(t[i[0]])).map(([n,i])=>a`<dt>${i} <small class="quiet">${n}</small></dt>
                    <dd>
                      ${j(h(t[n]))}
                      <span class="quiet">${H(h(t[n]))}</span>
                    </dd>`)}
          </dl>
        </section>
        ${ao.map(([n,i])=>a`<section>
              <h2>${n}</h2>
              <dl>
                ${i.map(o=>a`<dt>${o}</dt>
                      <dd>${uo(t,o)}</dd>`)}
              </dl>
            </section>`)}
      </div>`}#t(t){return a`<h1 tabindex="-1" class="lead">Several tasks have this id. Which one?</h1>
      <ul>
        ${t.map(s=>a`<li>
              <button type="button" @click=${()=>w({arn:s.taskArn})}>
                account ${p(s.account)}, ${p(s.region)}
              </button>
              ${S(s.taskArn)}
            </li>`)}
      </ul>`}#e(t){let s=h(t.createdAt),n=h(t.stoppedAt??t.releasedAt??t.missingAt)??m(),i=Math.max(2e3,(n-s)*.05);return a`<time-line
      fixed
      label="The life of the task, ${A(s)} to ${t.live?"now":A(n)}"
      .from=${s-i}
      .to=${n+i}
      .lanes=${[{label:"the task",bars:[lo(t,s,n)]},{label:p(`its address ${t.privateIpv4Address??t.ipv6Address??""}`),bars:co(t)}]}
      zone=${this.route.query.zone??""}
    ></time-line>`}},lo=(e,t,s)=>({id:"task",from:t,to:s,kind:"certain",hue:"hue-x",label:e.live?"exists":`existed ${W(s-t)}`,title:`The task existed from ${A(t)} to ${e.live?"now":A(s)}`});function co(e){if(!e.attachedAt)return[];let[t,s,n,i]=["attachedNotBefore","attachedAt","releasedNotBefore","releasedAt"].map(c=>h(e[c])),o=n??(i||m()),r=e.attachedAtEstimated?[[t,i??m(),"possible"]]:[[t,s,"possible"],[s,o,"certain"],[o,i??o,"possible"]],l=`hue-${wt(R(e))}`;return r.filter(([c,u])=>c!==null&&c<u).map(([c,u,$])=>({id:"address",from:c,to:u,kind:$,hue:l,label:$==="certain"?`held ${W(u-c)}`:"",title:`${$==="certain"?"Certainly":"Possibly"} held from ${A(c)} to ${A(u)}`}))}function ho(e){let t=e.service?a`service ${bt(e)}`:S(e.group??"no service"),s=a`cluster
    <a href=${E(["tasks"],{cluster:e.cluster})}><bdi>${p(e.cluster)}</bdi></a>`,n=e.privateIpv4Address??e.ipv6Address,i=h(e.stoppedAt??e.missingAt),o=e.live?d:e.stoppedAt?a` It stopped at ${y(i)}.`:a` ECS no longer knew it at ${y(i??m())}; its end is an estimate.`;if(!n)return a`It belongs to ${t} of ${s} and
    ${e.addressState==="pending"?"has no address yet":"never had an address of its own"}.${o}`;let r=e.subnetId?a` in ${et(e.subnetId)}`:d;return a`It belongs to ${t} of ${s} and
    <strong>${e.addressState==="held"?"holds":"held"} ${_t(n)}</strong
    >${r}, ${ze(e)}.${o}`}var En={privateIpv4Address:e=>q(e.privateIpv4Address),ipv6Address:e=>q(e.ipv6Address),subnetId:e=>D(e.subnetId),service:e=>rt(e.cluster,e.service)};function uo(e,t){let s=e[t];return s===!0||s===!1?s?"yes":"no":s==null?S(null):t==="observedAt"?j(h(s)):En[t]?a`<a href=${En[t](e)}>${S(s)}</a>`:S(s)}customElements.define("task-view",es);var ss=new WeakMap;function po(e){if(!ss.has(e)){let{privateIpv4Address:t,ipv6Address:s,taskId:n,group:i,cluster:o,networkInterfaceId:r,subnetId:l}=e,c=[t,s,n,i,o,r,l];ss.set(e,[...c,e.lastStatus,e.launchType].join(`
`).toLowerCase())}return ss.get(e)}function Cn(e){let t=e.toLowerCase().split(/\s+/).filter(Boolean).map(s=>ie(s)??(n=>po(n).includes(s)));return s=>t.every(n=>n(s))}var ns=3e5,Ht=e=>e.privateIpv4Address??e.ipv6Address,fo=e=>e.releasedAt??e.stoppedAt??e.missingAt;function ue(e){return h(e.live?e.attachedAt??e.createdAt:fo(e))}var is=e=>m()-ue(e)<ns,mo=e=>`${e.live?Ht(e)?"got its address":"appeared":"left"} ${H(ue(e))}`,F=(e,t,s={})=>({key:e,label:t,value:n=>n[e],cell:n=>a`<span title=${p(n[e]??"")}>${S(n[e])}</span>`,...s}),os=[{key:"address",label:"Address",narrow:!0,value:Ht,order:e=>st(Ht(e)),cell:e=>Ht(e)?_t(Ht(e)):a`<span class="none">${e.addressState==="pending"?"pending":"–"}</span>`},{key:"service",label:"Service",narrow:!0,value:R,cell:bt},F("cluster","Cluster"),{key:"taskId",label:"Task",value:e=>e.taskId,cell:e=>Dt(e)},F("lastStatus","Status",{narrow:!0}),{key:"since",label:"Has its address since",value:e=>e.attachedAt,cell:e=>j(h(e.attachedAt))},{key:"subnetId",label:"Subnet",value:e=>e.subnetId,cell:e=>et(e.subnetId)},F("availabilityZone","Zone"),F("launchType","Launch type"),F("addressState","Address state",{extra:!0}),F("ipv6Address","IPv6",{extra:!0}),F("networkInterfaceId","Network interface",{extra:!0}),F("vpcId","VPC",{extra:!0}),F("taskDefinitionArn","Task definition",{extra:!0}),F("capacityProviderName","Capacity provider",{extra:!0}),F("startedBy","Started by",{extra:!0})],In={key:"change",label:"What changed",narrow:!0,value:e=>`${e.live?"appeared":"left"} ${k(ue(e))}`,order:e=>-ue(e),cell:e=>a`<span class=${e.live?"came":"went"}>${mo(e)}</span>`};var Tn=[["cluster","Cluster"],["service","Service"],["subnetId","Subnet"],["lastStatus","Status"],["addressState","Address state"],["launchType","Launch type"]],rs=class extends N{async load(t,s){let{at:n}=this.route.query,i=n?{at:n}:{from:k(m()-ns)},o=await V(["tasks"],i,{signal:t,onPage:r=>s({...r,more:!0})});return n||Ne(o.items),o}every(t,s){return Math.max(super.every(t,s),3e3*Math.ceil(t.items.length/1e3))}page(t){let{query:s}=this.route,n=this.isLive&&s.show==="changes",i=t.items,o=this.isLive?i.filter(c=>c.live):i,r=this.isLive?i.filter(is):[],l=this.#e(n?r:o);return a`
      <h1 tabindex="-1" class="lead">${this.#t(o,r,t)}</h1>
      <time-picker .at=${s.at?h(s.at):null} .route=${this.route}></time-picker>
      ${s.at&&t.coverage?Nt(t.coverage,h(s.at)):d}
      ${this.#s(o,r,n,l)}
      ${l.length||t.more?this.#a(l,n):this.#l(n?r:o,n)}
    `}#t(t,s,n){let i=t.filter(c=>c.addressState==="held").length,o=new Set(t.map(c=>c.clusterArn)).size;if(n.more)return a`${b(t.length)} tasks so far…`;if(!this.isLive)return a`${J(h(this.route.query.at),!0)} there were
      ${_(t.length,"task")} in ${_(o,"cluster")}.`;let r=s.filter(c=>c.live).length,l=s.length-r;return a`${_(t.length,"task")} in ${_(o,"cluster")} now,
      ${b(i)} with an address.
      <span class="quiet"
        >In the last 5 minutes, ${b(r)} appeared and ${b(l)} left.</span
      >`}#e(t){let{query:s}=this.route,n=Cn(s.q??""),i=Tn.filter(([o])=>s[o]);return t.filter(o=>i.every(([r])=>String(o[r])===s[r])&&n(o))}#s(t,s,n,i){return a`<div class="bar">
      ${this.isLive?this.#n(t,s,n):d}
      ${Tn.map(([o,r])=>this.#i(t,o,r))} ${this.#r()}
      <button type="button" @click=${()=>this.querySelector("data-table")?.save("tasks.csv")}>
        CSV
      </button>
      <output class="quiet" aria-live="polite"
        >${i.length===t.length?"":`${b(i.length)} shown`}</output
      >
    </div>`}#n(t,s,n){let i=(o,r,l)=>a`<button
        type="button"
        aria-pressed=${o?"true":"false"}
        @click=${()=>w({show:l,sort:""})}
      >
        ${r}
      </button>`;return a`<span class="buttons" role="group" aria-label="Which tasks">
      ${i(!n,`All now ${b(t.length)}`,"")}
      ${i(n,`Changed in the last 5 min ${b(s.length)}`,"changes")}
    </span>`}#i(t,s,n){let i=this.route.query[s]??"",o=new Map;for(let l of t)o.set(l[s],(o.get(l[s])??0)+1);let r=[...o.keys()].filter(l=>l!==null).sort();return r.length<2&&!i?d:(i&&!r.includes(i)&&r.push(i),a`<label class="filter ${i?"on":""}"
      ><span>${n}</span>
      <select @change=${({target:l})=>w({[s]:l.value})}>
        <option value="" ?selected=${!i}>all</option>
        ${r.map(l=>a`<option value=${l} ?selected=${l===i}>
              ${p(l)} (${b(o.get(l)??0)})
            </option>`)}
      </select></label
    >`)}get#o(){let t=this.route.query.columns?.split(",");return os.filter(({key:s,extra:n})=>t?t.includes(s):!n)}#r(){let t=new Set(this.#o.map(({key:n})=>n)),s=n=>{t.delete(n)||t.add(n),w({columns:[...t].join(",")})};return a`<details class="menu">
      <summary>Columns</summary>
      <div>
        ${os.map(({key:n,label:i})=>a`<label
              ><input
                type="checkbox"
                .checked=${t.has(n)}
                @change=${()=>s(n)}
              />${i}</label
            >`)}
      </div>
    </details>`}#a(t,s){let n=s?[In,...this.#o]:this.#o,i=this.route.query.sort??(s?"change":"address");return a`<data-table
      label="Tasks"
      .rows=${t}
      .columns=${n}
      sort=${i}
      zone=${this.route.query.zone??""}
      .rowClass=${o=>!this.isLive||s?"":is(o)?"fresh":""}
      @sort=${({detail:o})=>w({sort:o})}
    ></data-table>`}#l(t,s){return s&&!t.length?P("Nothing changed in the last 5 minutes","No task appeared, and none left."):t.length?P("No task matches","Search for less, or set the filters back to “all”."):this.isLive?P("No tasks yet","Tasks appear here seconds after ECS starts them, and all that run already after the first sweep."):P("No task is known of that time","See above whether the inventory could have known.")}};customElements.define("tasks-view",rs);var $o={tasks:e=>a`<tasks-view .route=${e}></tasks-view>`,address:e=>a`<address-view .route=${e}></address-view>`,task:e=>a`<task-view .route=${e}></task-view>`,subnets:e=>a`<subnets-view .route=${e}></subnets-view>`,subnet:e=>a`<subnet-view .route=${e}></subnet-view>`,service:e=>a`<service-view .route=${e}></service-view>`,status:e=>a`<status-view .route=${e}></status-view>`,eni:e=>a`<eni-view .route=${e}></eni-view>`,lost:({reason:e})=>a`<section>
      <h1 tabindex="-1" class="lead">There is no such page.</h1>
      ${e?a`<p>${p(e)}</p>`:""}
      ${P("Tasks, subnets and status are above","Or write an address into the search box.")}
    </section>`},go=[["tasks","Tasks",["tasks","task","address","service","eni"]],["subnets","Subnets",["subnets","subnet"]],["status","Status",["status"]]],as=class extends x{static properties={route:{state:!0}};constructor(){super(),this.#t(),window.addEventListener("hashchange",()=>this.#t())}createRenderRoot(){return this}#t(){this.route=te(),qs(this.route.query.zone),document.title=[...this.route.args.slice(-1),this.route.view].map(p).join(" · ").concat(" – ECS IP Inventory")}updated(t){let s=t.get("route"),n=i=>JSON.stringify([i.view,i.args]);!s||n(s)===n(this.route)||(window.scrollTo(0,0),this.querySelector("main").focus({preventScroll:!0}))}#e(){w({zone:this.route.query.zone==="utc"?"":"utc"})}render(){let{view:t,args:s,query:n}=this.route;return a` <a class="skip" href="#main" @click=${i=>this.#s(i)}
        >To the content</a
      >
      <header class="top">
        <a class="brand" href=${E(["tasks"])}><b>ECS IP</b> Inventory</a>
        <nav aria-label="Views">
          ${go.map(([i,o,r])=>a`<a
                href=${E([i])}
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
          title="Times are in ${gt()}"
          @click=${this.#e}
        >
          UTC
        </button>
      </header>
      <main id="main" tabindex="-1">
        ${Ls(`${t}/${s.join("/")}`,$o[t](this.route))}
      </main>
      <trust-line .route=${this.route}></trust-line>`}#s(t){t.preventDefault(),this.querySelector("main").focus()}};customElements.define("console-app",as);document.body.prepend(document.createElement("console-app"));
