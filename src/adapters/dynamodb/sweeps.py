"""Sweep coverage in the table: one item per cluster, and one for the last survey."""

from typing import Any

from adapters.dynamodb.items import key_item
from adapters.dynamodb.table import DynamoTable, Item, number, typed, typed_values
from core.table.coverage import ClusterCoverage, CompletedSweep, Gap, Sweeps, Tally
from core.text.instant import SECOND, Duration, Instant

_PARTITION = "#coverage"
_SURVEY = "#survey"
_TALLY = {
    "seen": "se",
    "missed": "ms",
    "repaired": "rp",
    "closed": "cl",
    "drift": "dr",
    "unreadable": "ur",
    "dropped_early": "de",
}


class DynamoSweeps(DynamoTable):
    """Implements `core.table.store.StoredSweeps`."""

    def sweeps(self) -> Sweeps:
        items = list(self._partition(_PARTITION))
        surveys = [number(item, "at") for item in items if _is_survey(item)]
        clusters = [decode_coverage(item) for item in items if not _is_survey(item)]
        return Sweeps(clusters, surveys[0] if surveys else None)

    def cluster_coverage(self, cluster_arn: str) -> ClusterCoverage | None:
        key: Any = _coverage_key(cluster_arn)
        answer: Any = self._client.get_item(TableName=self._table, Key=key)
        return decode_coverage(answer["Item"]) if "Item" in answer else None

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        self._put_if(
            encode_coverage(cluster, self._retention),
            "attribute_not_exists(clusterArn) OR attribute_exists(gone)",
        )

    def ask_for_sweep(self, cluster_arn: str, *, now: Instant, not_since: Instant) -> bool:
        updated = self._update_if(
            Key=_coverage_key(cluster_arn),
            UpdateExpression="SET asked = :now",
            ConditionExpression=(
                "attribute_exists(clusterArn) AND (attribute_not_exists(asked) OR asked < :since)"
            ),
            ExpressionAttributeValues={":now": {"N": str(now)}, ":since": {"N": str(not_since)}},
        )
        return updated is not None

    def claim_sweep(
        self, cluster_arn: str, generation: Instant, *, now: Instant, until: Instant
    ) -> ClusterCoverage | None:
        claimed = self._update_if(
            Key=_coverage_key(cluster_arn),
            UpdateExpression="SET generation = :generation, claimedUntil = :until",
            ConditionExpression=(
                "attribute_exists(clusterArn)"
                " AND (attribute_not_exists(started) OR swept < :generation)"
                " AND (attribute_not_exists(claimedUntil) OR generation = :generation"
                " OR (claimedUntil < :now AND generation < :generation))"
            ),
            ExpressionAttributeValues={
                ":generation": {"N": str(generation)},
                ":now": {"N": str(now)},
                ":until": {"N": str(until)},
            },
        )
        return None if claimed is None else decode_coverage(claimed)

    def replace_coverage(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        return self._put_if(
            encode_coverage(cluster, self._retention),
            "generation = :generation",
            {":generation": {"N": str(generation)}},
        )

    def complete_survey(self, started_at: Instant) -> None:
        self._update_if(
            Key=_coverage_key(_SURVEY),
            UpdateExpression="SET #at = :at",
            ConditionExpression="attribute_not_exists(#at) OR #at < :at",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": {"N": str(started_at)}},
        )


def encode_coverage(cluster: ClusterCoverage, retention: Duration) -> Item:
    """Encode a cluster's coverage as an item, which expires once the cluster is gone for good."""
    last = cluster.last
    values: dict[str, str | int | None] = {
        "first": cluster.first_swept_at,
        "swept": cluster.swept_at,
        "started": last.started_at if last else None,
        "finished": last.finished_at if last else None,
        **({short: getattr(last.tally, name) for name, short in _TALLY.items()} if last else {}),
        "asked": cluster.asked_at,
        "unsure": cluster.unsure_since,
        "gone": 1 if cluster.gone else None,
        "expiresAt": (cluster.swept_at + retention) // SECOND if cluster.gone else None,
    }
    gaps = [
        {"M": {"from": typed(gap.start), "to": typed(gap.end)}}
        for gap in cluster.gaps
        if gap.end is not None
    ]
    return {
        **_coverage_key(cluster.cluster_arn),
        **typed_values(values),
        **({"gaps": {"L": gaps}} if gaps else {}),
    }


def decode_coverage(item: Item) -> ClusterCoverage:
    """Decode a cluster's coverage from an item."""
    arn = item["clusterArn"]["S"]
    return ClusterCoverage(
        cluster_arn=arn,
        swept_at=int(item["swept"]["N"]),
        first_swept_at=number(item, "first"),
        gaps=tuple(
            Gap(int(gap["M"]["from"]["N"]), int(gap["M"]["to"]["N"]), arn)
            for gap in item.get("gaps", {}).get("L", ())
        ),
        gone="gone" in item,
        asked_at=number(item, "asked"),
        unsure_since=number(item, "unsure"),
        last=_last_sweep(item),
    )


def _last_sweep(item: Item) -> CompletedSweep | None:
    if "started" not in item:
        return None
    tally = {name: int(item[short]["N"]) for name, short in _TALLY.items() if short in item}
    return CompletedSweep(
        started_at=int(item["started"]["N"]),
        finished_at=int(item["finished"]["N"]),
        tally=Tally(**tally),
    )


def _is_survey(item: Item) -> bool:
    return bool(item["clusterArn"]["S"] == _SURVEY)


def _coverage_key(cluster_arn: str) -> Item:
    return key_item(_PARTITION, str(cluster_arn))
