"""`ecs-ip enrich`: which forms of files are read, and what is said of the others."""

import gzip
from pathlib import Path

import pytest

from bulk_api import BulkApi
from conftest import Run
from flow_lines import AT, ENI, OURS, PEER, Enrich, default, rows_of


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


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
