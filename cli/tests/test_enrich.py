"""`ecs-ip enrich`: which forms are read, whom a line names, and what is not asked."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bulk_api import BulkApi, subnet
from conftest import Result, Run
from ecs_ip import bulk_output, bulk_run
from ecs_ip.enrichment import Namer
from ecs_ip.flowlogs import FlowLog
from ecs_ip.rows import Row
from ecs_ip.scope import Scope

AT = 1_795_514_400  # 2026-11-24T10:00:00Z
ENI = "eni-00000000000000001"
PEER = "10.31.9.9"
OURS = "10.31.7.7"
Enrich = Callable[..., list[dict[str, str]]]


@pytest.fixture
def bulk_api() -> Iterator[BulkApi]:
    with BulkApi() as api:
        api.holds(OURS, AT - 3600, AT + 3600, 1)
        yield api


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


@pytest.fixture
def enrich(ask: Run, tmp_path: Path) -> Enrich:
    """Return a function that enriches text and returns the rows of CSV."""

    def enrich_(content: str | bytes, *options: str) -> list[dict[str, str]]:
        file = tmp_path / "some.log"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        result = ask("enrich", str(file), "-o", "csv", *options)
        assert result.code == 0, result.err
        return rows_of(result)

    return enrich_


def rows_of(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.out)))


def default(
    src: str = OURS, dst: str = PEER, eni: str = ENI, start: int = AT, end: int = AT + 59
) -> str:
    return f"2 111122223333 {eni} {src} {dst} 41822 443 6 20 4249 {start} {end} ACCEPT OK\n"


def test_the_side_of_the_interface_is_known_beyond_doubt(enrich: Enrich) -> None:
    [out, back] = enrich(default() + default(PEER, OURS))
    assert (out["src-service"], out["src-verdict"], out["src-known-by"]) == (
        "web",
        "held",
        "interface",
    )
    assert (out["dst-task-arn"], out["dst-verdict"], out["dst-known-by"]) == ("", "none", "")
    assert (back["src-verdict"], back["dst-known-by"]) == ("none", "interface")


def test_every_line_comes_out_in_order_with_its_own_values(enrich: Enrich) -> None:
    lines = [default(start=AT + number, end=AT + number) for number in range(50)]
    rows = enrich("".join(lines))
    assert [row["start"] for row in rows] == [str(AT + number) for number in range(50)]
    assert list(rows[0])[:3] == ["version", "account-id", "interface-id"]


def test_an_export_of_cloudwatch_logs_is_read_with_its_times(enrich: Enrich) -> None:
    nodata = f"2 111122223333 {ENI} - - - - - - - {AT} {AT + 9} - NODATA\n"
    nothing = f"2 111122223333 {ENI} - - - - - - - - - - NODATA\n"
    stamp = "2026-11-24T10:00:31.000Z "
    rows = enrich(stamp + default() + stamp + nodata + stamp + nothing)
    assert [row["timestamp"] for row in rows] == [stamp.strip()] * 3
    assert [row["src-verdict"] for row in rows] == ["held", "", ""]


CUSTOM = (
    f"5 {ENI} vpc-1 subnet-0a1 {OURS} {PEER} {OURS} 203.0.113.9 443 6 {AT} {AT + 29} ACCEPT OK\n"
)
CUSTOM_FIELDS = (
    "version interface-id vpc-id subnet-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr dstport "
    "protocol start end action log-status"
)


def test_a_custom_format_without_a_header_is_never_read_as_the_default(
    ask: Run, tmp_path: Path, bulk_api: BulkApi
) -> None:
    file = tmp_path / "some.log"
    file.write_text(CUSTOM)
    result = ask("enrich", str(file))
    assert (result.code, result.out) == (2, "")
    assert "custom format without a header; name its 14 fields with --fields" in result.err
    assert not bulk_api.asked


@pytest.mark.parametrize(
    "fields",
    [
        CUSTOM_FIELDS,
        CUSTOM_FIELDS.replace(" ", ","),
        CUSTOM_FIELDS.replace("-", "_").replace(" ", ", "),
        " ".join(f"${{{name}}}" for name in CUSTOM_FIELDS.split()),
        "".join(f"${{{name}}}" for name in CUSTOM_FIELDS.split()),
    ],
)
@pytest.mark.parametrize("stamp", ["", "2026-11-24T10:00:31.000Z "])
def test_fields_are_named_in_any_spelling(enrich: Enrich, fields: str, stamp: str) -> None:
    [row] = enrich(stamp + CUSTOM, "--fields", fields)
    assert (row["src-known-by"], row["dst-verdict"]) == ("interface", "external")
    assert row["pkt-dstaddr"] == "203.0.113.9"


@pytest.mark.parametrize("fields", ["version start end", CUSTOM_FIELDS + " region"])
def test_fields_that_cannot_be_meant_are_an_error(ask: Run, tmp_path: Path, fields: str) -> None:
    file = tmp_path / "some.log"
    file.write_text(CUSTOM)
    result = ask("enrich", str(file), "--fields", fields)
    assert result.code == 2
    assert "--fields" in result.err


HEADERS = {
    "as S3 has it": "version interface-id srcaddr dstaddr start end flow-direction",
    "with underscores": "version interface_id srcaddr dstaddr start end flow_direction",
    "as Insights exports it": "version,interfaceId,srcAddr,dstAddr,start,end,flowDirection",
    "as Athena's old tables have it": '"version","interface_id","sourceaddress",'
    '"destinationaddress","starttime","endtime","flow_direction"',
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_names_the_fields_in_any_order(enrich: Enrich, header: str) -> None:
    first = HEADERS[header]
    line = f"5 {ENI} {OURS} {PEER} {AT} {AT + 9} egress"
    [row] = enrich(f"{first}\n{line.replace(' ', ',') if ',' in first else line}\n{first}\n")
    assert (row["srcaddr"], row["src-known-by"], row["dst-verdict"]) == (OURS, "interface", "none")


def test_every_version_of_the_fields_is_read(enrich: Enrich) -> None:
    header = (
        "version instance-id tcp-flags type region az-id sublocation-type sublocation-id "
        "pkt-src-aws-service pkt-dst-aws-service traffic-path ecs-cluster-arn ecs-task-arn "
        "ecs-task-id reject-reason resource-id encryption-status interface-type instance-tag "
        "a-new-field next-hop-interface-id next-hop-vpc-id srcaddr dstaddr start end"
    )
    values = ["11", *["-"] * 19, ENI, "vpc-1", PEER, OURS, str(AT), str(AT + 9)]
    [row] = enrich(f"{header}\n{' '.join(values)}\n")
    assert row["next-hop-service"] == "web"
    assert (row["dst-known-by"], row["src-verdict"]) == ("interface", "none")


def test_the_direction_says_which_side_is_local_when_the_address_is_a_secondary_one(
    enrich: Enrich,
) -> None:
    header = "interface-id srcaddr dstaddr start end flow-direction\n"
    [row] = enrich(f"{header}{ENI} 10.31.8.8 {PEER} {AT} {AT + 9} egress\n")
    assert row["src-known-by"] == "interface"


def test_two_holders_within_a_line_are_both_named(enrich: Enrich, bulk_api: BulkApi) -> None:
    bulk_api.holds(PEER, AT - 60, AT + 10, 2)
    bulk_api.holds(PEER, AT + 20, AT + 900, 3)
    [both, first, between, second] = enrich(
        default()
        + default(start=AT, end=AT + 9)
        + default(start=AT + 11, end=AT + 12)
        + default(start=AT + 20, end=AT + 30)
    )
    assert both["dst-known-by"] == "several"
    assert len(both["dst-task-arn"].split()) == 2
    assert (first["dst-known-by"], second["dst-known-by"]) == ("address", "address")
    assert first["dst-task-arn"] != second["dst-task-arn"]
    assert between["dst-verdict"] == "none"


def test_a_line_over_the_hour_takes_both_hours(enrich: Enrich, bulk_api: BulkApi) -> None:
    bulk_api.holds(PEER, AT - 5, AT - 1, 2)
    [row] = enrich(default(start=AT - 10, end=AT + 10))
    assert row["dst-verdict"] == "held"


def test_who_only_possibly_held_an_address_is_called_possible(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.holds(PEER, AT, AT + 30, 2, certain=False)
    [row] = enrich(default())
    assert (row["dst-verdict"], row["dst-known-by"]) == ("possible", "address")


def test_an_address_of_two_vpcs_is_the_one_of_the_vpc_that_the_log_names(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.subnets.append(subnet("subnet-2", "vpc-2", "10.31.0.0/16"))
    bulk_api.holds(PEER, AT, AT + 900, 2)
    bulk_api.holds(PEER, AT, AT + 900, 3, vpcId="vpc-2", subnetId="subnet-2")
    header = "vpc-id srcaddr dstaddr start end\n"
    [named] = enrich(f"{header}vpc-2 10.31.1.1 {PEER} {AT} {AT + 9}\n")
    assert named["dst-task-arn"].endswith("3")
    [unnamed] = enrich(default())
    assert unnamed["dst-known-by"] == "several"


@pytest.mark.parametrize(
    "coverage, word",
    [
        ({"from": None, "to": None, "gaps": []}, "unknown"),
        ({"from": "2026-11-24T10:00:30Z", "to": "2026-11-25T00:00:00Z", "gaps": []}, "unknown"),
        ({"from": "2026-11-01T00:00:00Z", "to": "2026-11-24T10:00:30Z", "gaps": []}, "unconfirmed"),
        (
            {
                "from": "2026-11-01T00:00:00Z",
                "to": "2026-11-25T00:00:00Z",
                "gaps": [{"from": "2026-11-24T09:00:00Z", "to": None, "clusterArn": "c"}],
            },
            "unknown",
        ),
    ],
)
def test_nobody_is_none_only_within_coverage(
    enrich: Enrich, bulk_api: BulkApi, coverage: dict[str, Any], word: str
) -> None:
    bulk_api.coverage = coverage
    [row] = enrich(default())
    assert row["dst-verdict"] == word


def test_only_addresses_that_a_task_can_have_are_asked_for(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.subnets.append(subnet("subnet-3", "vpc-3", "198.18.5.0/24", "2001:db8:7::/64"))
    outside = ["8.8.8.8", "224.0.0.251", "169.254.169.253", "255.255.255.255", "fe80::1", "ff02::1"]
    outside += ["2001:db8:8::1", "127.0.0.1", "0.0.0.0"]  # noqa: S104 - an address as data
    inside = ["10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.1.1", "198.18.5.9"]
    inside += ["2001:db8:7::9", "fd00::1"]
    rows = enrich("".join(default(eni="-", src=ip, dst=ip) for ip in outside + inside))
    assert [row["src-verdict"] for row in rows] == ["external"] * 9 + ["none"] * 7
    assert {json.loads(asked)["ip"] for asked in bulk_api.asked} == set(inside)


def test_a_hundred_thousandth_line_costs_no_question(enrich: Enrich, bulk_api: BulkApi) -> None:
    enrich("".join(default(start=AT + at % 3000, end=AT + at % 3000) for at in range(9000)))
    assert len(bulk_api.asked) == 3
    assert set(bulk_api.asked.values()) == {1}


ALB = (
    "https 2026-11-24T10:00:05.123456Z app/web/1 {client}:57832 {target} 0.001 0.120 0.000 200 200 "
    '34 366 "GET https://a.example:443/?q=\\"x y\\" HTTP/1.1" "curl 7" TLS_AES TLSv1.3 arn:tg '
    '"Root=1" "a.example" "arn:cert" 0 2026-11-24T10:00:04.900000Z "forward" "-" "-" "{target}" '
    '"200" "-" "-" TID_1'
)
CLASSIC = (
    "2026-11-24T10:00:05.123456Z classic {client}:57832 {target} 0.001 0.12 0.000 200 200 "
    '0 57 "GET http://a.example:80/ HTTP/1.1" "curl 7" - -'
)
NLB = (
    "tls 2.0 2026-11-24T10:00:05 net/web/1 lis {client}:57832 {target} 5 2 29 231 - arn:cert - "
    'TLS_AES tlsv12 - a.example h2 h2 "h2" 2026-11-24T10:00:04'
)


@pytest.mark.parametrize("line", [ALB, CLASSIC, NLB])
def test_access_logs_of_load_balancers_name_the_target(enrich: Enrich, line: str) -> None:
    [row, dropped] = enrich(
        line.format(client="203.0.113.7", target=f"{OURS}:8080")
        + "\n"
        + line.format(client="10.31.1.1", target="-")
        + "\n"
    )
    assert (row["client-verdict"], row["target-service"]) == ("external", "web")
    assert (dropped["client-verdict"], dropped["target-verdict"]) == ("none", "")


def test_a_client_with_ipv6_is_read(enrich: Enrich) -> None:
    [row] = enrich(ALB.format(client="[fd00::7]", target=f"{OURS}:8080"))
    assert row["client-verdict"] == "none"


def test_csv_with_named_fields(enrich: Enrich) -> None:
    table = f'who;when;what\n{OURS};2026-11-24T10:00:05Z;"a ""b"";c\nd"\n{PEER};{AT};\n'
    [first, second] = enrich(table, "--ip-field", "who", "--time-field", "when")
    assert (first["who-service"], first["what"]) == ("web", 'a "b";c\nd')
    assert second["who-verdict"] == "none"


def test_a_table_without_a_time_is_named_by_who_holds_the_address_now(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.latest = AT + 1
    [row] = enrich(f"ip\n{OURS}\n", "--ip-field", "ip")
    assert row["ip-service"] == "web"
    assert [json.loads(asked) for asked in bulk_api.asked] == [{"ip": OURS}]


def test_json_lines_keep_their_fields(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "waf.json"
    line = {"client": {"ip": OURS}, "t": AT * 1000, "x": [1, None]}
    file.write_text(f"{json.dumps(line)}\n\n")
    options = ("--ip-field", "client.ip", "--time-field", "t")
    row = json.loads(ask("enrich", str(file), *options).out)
    assert (row["x"], row["client"], row["client.ip-service"]) == ([1, None], {"ip": OURS}, "web")


def test_parquet_is_read_like_text(ask: Run, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    columns = {
        "version": pyarrow.array([2, 2], pyarrow.int32()),
        "interface_id": [ENI, None],
        "srcaddr": [OURS, None],
        "dstaddr": [PEER, None],
        "start": pyarrow.array([AT, AT], pyarrow.int64()),
        "end": pyarrow.array([AT + 9, AT + 9], pyarrow.int64()),
    }
    file = tmp_path / "some.parquet"
    parquet.write_table(pyarrow.table(columns), file)
    [row, empty] = rows_of(ask("enrich", str(file), "-o", "csv"))
    assert (row["src-known-by"], row["end"], row["dst-verdict"]) == (
        "interface",
        str(AT + 9),
        "none",
    )
    assert (empty["src-verdict"], empty["srcaddr"]) == ("", "")


def test_parquet_without_its_extra_is_one_line(
    ask: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "some.parquet"
    file.write_bytes(b"PAR1xxxxPAR1")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    result = ask("enrich", str(file))
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "cli[parquet]" in result.err


@pytest.mark.parametrize(
    "content, seen",
    [
        ("", "it is empty"),
        ("hello world\n", "'hello world'"),
        ('{"a": 1}\n', "looks like JSON"),
        ("a,b,c\n1,2,3\n", "looks like a table"),
        ("\x89PNG\r\n\x1a\n", "no form that is known"),
        (default() + "2 3\n", "custom format without a header"),
        (default().replace("2 1111", "3 1111"), "custom format without a header"),
    ],
)
def test_an_unknown_form_is_an_error_that_says_what_was_seen(
    ask: Run, tmp_path: Path, content: str, seen: str
) -> None:
    file = tmp_path / "some.log"
    file.write_text(content, encoding="latin-1")
    result = ask("enrich", str(file))
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert seen in result.err


def test_gzip_and_folders(ask: Run, tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "10"
    folder.mkdir(parents=True)
    (folder / "b.log.gz").write_bytes(gzip.compress(default(end=AT + 2).encode()))
    (folder / "a.log").write_text(default(end=AT + 1))
    rows = rows_of(ask("enrich", str(tmp_path / "logs"), "-o", "csv"))
    assert [int(row["end"]) - AT for row in rows] == [1, 2]
    assert list(tmp_path.glob(".*")) == []


def test_files_of_other_columns_cannot_be_one_table(ask: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(default())
    (tmp_path / "b").write_text(f"srcaddr start end\n{OURS} {AT} {AT}\n")
    files = [str(tmp_path / name) for name in "ab"]
    refused = ask("enrich", *files, "-o", "csv")
    assert (refused.code, refused.out) == (2, "")
    assert len(ask("enrich", *files, "-o", "json").out.splitlines()) == 2


def test_bad_lines_are_named_and_the_rest_is_done(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.log"
    lines = [default() for _ in range(30)] + ["2 3\n", default(), default().replace(str(AT), "x")]
    file.write_text("".join(lines))
    result = ask("enrich", str(file), "-o", "csv")
    assert (result.code, len(rows_of(result))) == (6, 31)
    assert f"{file}, line 31: it has 2 values instead of 14" in result.err
    assert f"{file}, line 33: start and end are not whole seconds" in result.err


def test_what_the_api_refuses_is_named(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.log"
    file.write_text(default(start=4_000_000_000, end=4_000_000_000))
    result = ask("enrich", str(file), "-o", "csv")
    assert result.code == 6
    assert "line 1: to: is in the future" in result.err


def test_no_cell_is_a_formula(ask: Run, tmp_path: Path, bulk_api: BulkApi) -> None:
    bulk_api.holds(PEER, AT, AT + 900, 2, service="=cmd|'/c calc'!A1")
    file = tmp_path / "some.csv"
    file.write_text(f"ip,t,x\n{PEER},{AT},=1+1\n")
    out = ask("enrich", str(file), "-o", "csv", "--ip-field", "ip", "--time-field", "t").out
    assert "'=cmd" in out
    assert ",'=1+1," in out


def test_requests_run_side_by_side_and_throttled_ones_are_repeated(
    enrich: Enrich, bulk_api: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "BATCH", 1000)
    bulk_api.pause = 0.05
    bulk_api.refused = [429, 503, 429]
    rows = enrich("".join(default(dst=f"10.31.{at // 250}.{at % 250}") for at in range(1000)))
    assert len(rows) == 1000
    assert 2 <= bulk_api.most_at_once <= 8
    assert set(bulk_api.asked.values()) == {1}


def test_a_table_for_people_shows_both_sides(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.log"
    file.write_text(default() + default(dst="8.8.8.8"))
    lines = ask("enrich", str(file), "-o", "table").out.splitlines()
    assert lines[0].split() == ["LINE", "SRC", "SRC", "TASK", "DST", "DST", "TASK"]
    assert "shop/web 0000" in lines[1]
    assert lines[2].endswith("8.8.8.8    external")


def test_nothing_is_written_over_a_file_before_the_input_is_known(ask: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("precious")
    (tmp_path / "bad").write_text("hello\n")
    assert ask("enrich", str(tmp_path / "bad"), "--out", str(out)).code == 2
    assert out.read_text() == "precious"


SAMPLES = sorted((Path(__file__).parents[2] / "examples" / "flow-logs").glob("*.log"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.name))
def test_the_sample_logs_are_read_and_their_task_is_named(
    ask: Run, bulk_api: BulkApi, sample: Path
) -> None:
    bulk_api.holds("10.0.4.128", AT - 86_400 * 30, AT, 2)
    result = ask("enrich", str(sample), "-o", "csv")
    assert result.code == 0, result.err
    named = [
        row.get("src-service") or row.get("dst-service") or row.get("target-service")
        for row in rows_of(result)
    ]
    assert "web" in named


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])  # noqa: RUF001 - full width
@pytest.mark.parametrize("rest", ["1", "\x1fa", "-", "="])
@pytest.mark.parametrize("before", [[], ["a"], ["", "-"], ["\x1f"]])
def test_whatever_a_cell_begins_with_it_is_no_formula(
    start: str, rest: str, before: list[str]
) -> None:
    line = bulk_output.csv_lines([[*before, f"{start}{rest}", "-"]])
    *_, cell, last = next(csv.reader(io.StringIO(line, newline="")))
    assert (cell, last) == (f"'{start}{rest}", "-")


def test_a_line_of_the_running_hour_keeps_its_questions_while_the_clock_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = count(AT + 1800, 59)
    monkeypatch.setattr("time.time", lambda: next(seconds))
    namer = Namer(Scope([]), FlowLog(("srcaddr", "start", "end")))
    rows = [Row([], at * 1000, at * 1000 + 1000, (OURS,)) for at in range(AT, AT + 3000, 300)]
    asked = [list(namer.questions(row)) for row in rows]
    assert [list(namer.questions(row)) for row in rows] == asked


def test_lines_of_the_running_hour_share_their_question(monkeypatch: pytest.MonkeyPatch) -> None:
    milliseconds = count((AT + 1800) * 1000)
    monkeypatch.setattr("time.time", lambda: next(milliseconds) / 1000)
    namer = Namer(Scope([]), FlowLog(("srcaddr", "start", "end")))
    rows = [Row([], at * 1000, at * 1000 + 1000, (OURS,)) for at in range(AT, AT + 1200)]
    assert len({question for row in rows for question in namer.questions(row)}) == 1
