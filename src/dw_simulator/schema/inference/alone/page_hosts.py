"""Pages are at the site of whose they are: the landing page of an ad is its advertiser's.

ad (campaign_id -> campaign, landing_url);  campaign (advertiser_id -> advertiser (name))
    landing_url  hidden landing_url_page: any page; landing_url: that page at the advertiser's domain
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.alone.business_parties import company_of, domain_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_OWNERS = frozenset(
    """advertiser merchant company brand seller publisher account client organization retailer vendor
    supplier manufacturer employer agency partner store shop tenant website""".split()
)
_THEIRS = frozenset(
    """landing destination target final click through deep product ad advert canonical job
    apply offer detail item""".split()
)
"""Words of addresses of a page that the owner shows; of a referrer nobody knows whose it is."""
_PLAIN = frozenset({"url", "link", "page", "address", "website", "web"})
_ELSEWHERE = frozenset("impression view bid auction placement session visit hit event referral".split())
"""What happens on pages of others."""
_SHORTEST, _FARTHEST = 60, 3


def page_hosts(sketch: Sketch) -> None:
    """Addresses of pages are at the domain of the company that a row is of."""
    if not sketch.has("company", "expression"):
        return
    for table in list(sketch.tables.values()):
        pages = [one for one in table.columns.values() if _is_page(one)]
        way, company = next(_owner(table), ((), None)) if pages else ((), None)
        if company is not None:
            domain = quoted_name(domain_of(way[-1].parent, company))
            for page in pages:
                _at_home(table, page, ".".join([*(quoted_name(link.name) for link in way), domain]), way)


def _is_page(column: ColumnSketch) -> bool:
    words = {*column.words}
    theirs = bool(words & _THEIRS) or (words <= _PLAIN and not {*column.table.noun} & _ELSEWHERE)
    room = column.kind is Kind.TEXT and column.column.type.length >= _SHORTEST
    return column.rule.get("name") == "url" and room and theirs and not (column.keyed or column.hidden)


def _owner(table: TableSketch) -> Iterator[tuple[tuple[Link, ...], ColumnSketch]]:
    """The companies that a row leads to by required references, the nearest first."""
    waiting: list[tuple[tuple[Link, ...], TableSketch]] = [((), table)]
    for way, at in waiting:
        for link in at.links:
            if not link.required or link.to_itself or len(link.columns) > 1:
                continue
            longer = (*way, link)
            company = company_of(link.parent) if {*link.parent.noun} & _OWNERS else None
            if company is not None and not company.keyed:
                yield longer, company
            elif len(longer) < _FARTHEST:
                waiting.append((longer, link.parent))


def _at_home(table: TableSketch, page: ColumnSketch, domain: str, way: tuple[Link, ...]) -> None:
    assert page.found is not None, "it has a rule"
    rest: JsonObject = {name: said for name, said in page.found.fields.items() if name != "rule"}
    found = Found("", {"rule": {**page.rule}}, f"the page that {page.name} leads to")
    own = table.add_hidden(f"{page.name}_page", "VARCHAR(200)", found)
    path = f"regexp_replace({quoted_name(own.name)}, '^https?://[^/]*', '')"
    sql = f"left('https://www.' || {domain} || {path}, {page.column.type.length})"
    told = f"{page.found.meaning}, at the site of its {way[-1].parent.name}"
    page.says(Found(told, {**rest, "rule": expression(sql)}))
