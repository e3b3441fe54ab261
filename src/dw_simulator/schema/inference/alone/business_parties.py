"""Businesses and who speaks for them: customers of a wholesaler are companies, and have a contact.

customer (name, contact, email, credit_limit, payment_terms)
    name      a company's, as two columns are of business and none is of a person
    email     the contact's, at the company's domain: erika.wright@mason-homes.example
employee (work_email)                    of one domain, that of the company whose data it is
user (account_id -> account, email)      at the domain of the account
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_PARTIES = frozenset(
    """customer client account buyer party debtor shipper consignee payer partner supplier vendor dealer
    reseller distributor prospect lead contractor carrier advertiser merchant tenant organization
    company""".split()
)
"""Nouns of tables whose rows may be businesses."""
_SIGNS = (
    "credit limit;pay term;tax id;tax number;vat;duns;industry;sector;naics;sic;contact;website;homepage;"
    "number employee;employee count;annual revenue;fax;legal form;incoterm;siret;siren;ein;cnpj;"
    "account manager;credit rating;business type;company size;sale rep"
)
"""Words of columns that are of business: two of them, and none of a person's."""
_PERSONAL = (
    "first name;last name;middle name;birth date;birth;gender;marital status;ssn;bsn;cpf;salutation;age;"
    "national id"
)
_ENOUGH = 2
_COMMERCE = frozenset("consignment freight carrier warehouse wholesale distributor".split())
"""Nouns of tables of those who deal with businesses."""
_STAFF = frozenset("employee staff worker associate colleague salesperson technician personnel".split())
_OWN_DOMAIN = "example.com"
_HELPERS = frozenset("contact primary main work business company mail address corporate".split())
_DESKS = frozenset(
    "bill billing invoice invoicing account accounting support sale order service info admin".split()
)
"""Whose mail goes to nobody in particular: billing@mason-homes.example."""
_EMPLOYERS = frozenset("account company organization tenant employer workspace agency".split())
_AT_WORK = frozenset({"lead", "contact", "prospect", "attendee", "delegate", "registrant"})
"""Persons who are met at their work."""
_SHORTEST_MAIL = 40
_SHORTEST_LOCAL = 8
"""Characters that are left for the person where a domain is long."""
_COMPANY = 30
"""Characters that a company's name has to have room for."""


def business_parties(sketch: Sketch) -> None:
    """Companies as names where rows are businesses, and the mail of who works there at their domain."""
    if not sketch.has("company", "person", "expression"):
        return
    dealing = any(_COMMERCE & {*table.noun} for table in sketch.tables.values())
    for table in sketch.tables.values():
        if not table.hidden:
            _named(table, dealing=dealing)
    for table in sketch.tables.values():
        if table.hidden:
            continue
        company = company_of(table)
        if company is not None and _personal(table) and not {*table.noun} & _AT_WORK:
            company = None  # most of them are no company's
        for column in list(table.columns.values()):
            if _is_mail(column):
                _addressed(table, column, company)


# --- who is a business


def _personal(table: TableSketch) -> bool:
    """Whether a row is a person: what is said of a contact is not said of the row."""
    return any(_says(one.words, _PERSONAL) and "contact" not in one.words for one in table.columns.values())


def _named(table: TableSketch, *, dealing: bool) -> None:
    if not {*table.noun} & _PARTIES or _personal(table):
        return
    signs = sum(_says(one.words, _SIGNS) for one in table.columns.values())
    if signs + dealing < _ENOUGH or not signs or company_of(table) is not None:
        return
    for column in table.columns.values():
        if _is_name(column, table):
            length = column.column.type.length
            if length < _COMPANY + 9 * column.keyed:
                return
            rule: JsonObject = {"name": "company", "field": "name", "entity": "_".join(table.noun)}
            locale: JsonObject = {"locale": column.rule["locale"]} if "locale" in column.rule else {}
            column.says(
                Found("a company, for the columns beside it are of business", {"rule": {**rule, **locale}})
            )
            _join(table, "_".join(table.noun), locale)
            return


def _join(table: TableSketch, entity: str, locale: JsonObject) -> None:
    """What else is said of a company is said of this one."""
    told = {"name"}
    for column in table.columns.values():
        parts = [match.guess.part for match in column.seen.matches[:1]] if column.seen is not None else []
        rule, field = parts[0] or ("", "") if parts else ("", "")
        if rule == "company" and field not in told and column.found is not None and not column.keyed:
            told.add(field)
            said: JsonObject = {"name": "company", "field": field, "entity": entity, **locale}
            column.says(Found(column.found.meaning, {**column.found.fields, "rule": said}))


def _says(words: Words, phrases: str) -> bool:
    return any({*phrase.split()} <= {*words} for phrase in phrases.split(";"))


def _is_name(column: ColumnSketch, table: TableSketch) -> bool:
    words = {*column.words} - {"full", "long", "display"}
    whose = words - {"name"}
    of_row = whose <= {*table.noun} | _PARTIES and ("name" in words or bool(whose))
    rule = column.rule.get("name")
    person = rule == "full_name" or (rule == "person" and column.rule.get("field") == "full_name")
    named = person or (column.found is None and "name" in words)
    return column.open and column.kind is Kind.TEXT and of_row and named and not {"contact"} & words


def company_of(table: TableSketch) -> ColumnSketch | None:
    """The column that says which company a row is."""
    for column in table.columns.values():
        if column.rule.get("name") == "company" and column.rule.get("field") == "name" and not column.hidden:
            whose = {*column.words} - {"name", "company", "organization", "business", "legal", "firm"}
            if not whose or whose <= {*table.noun} | (_PARTIES if {*table.noun} & _PARTIES else set()):
                return column
    return None


# --- who has which mail


def _is_mail(column: ColumnSketch) -> bool:
    rule = column.rule.get("name")
    of_entity = rule in ("person", "company") and column.rule.get("field") == "email"
    wide = column.column.type.length >= _SHORTEST_MAIL
    return column.open and not column.hidden and wide and (of_entity or rule == "email")


def _addressed(table: TableSketch, mail: ColumnSketch, company: ColumnSketch | None) -> None:
    if {*table.noun} & _STAFF:
        _of_staff(mail)
    elif mail.keyed:
        return
    elif company is not None:
        whose = {*mail.words} - {"email", "id"} - _HELPERS
        if whose & _DESKS and not whose - _DESKS:
            _at_desk(table, mail, company, min(whose & _DESKS))
        elif whose <= {*table.noun} | _PARTIES:
            _of_contact(table, mail, company)
    else:
        employer = next(_employers(table), None)
        if employer is not None:
            link, theirs = employer
            domain = domain_of(link.parent, theirs)
            told = f"{quoted_name(link.name)}.{quoted_name(domain)}"
            _at(table, mail, told, f"at the domain of its {link.parent.name}")


def _of_staff(mail: ColumnSketch) -> None:
    assert mail.found is not None, "it has a rule"
    if mail.rule.get("name") == "company":
        return
    rule = mail.rule
    if rule.get("name") == "email":
        locale: JsonObject = {"locale": rule["locale"]} if "locale" in rule else {}
        rule = {"name": "person", "field": "email", "entity": mail.name, **locale}
    said = {**mail.found.fields, "rule": {**rule, "domain": _OWN_DOMAIN}}
    mail.says(Found(f"{mail.found.meaning}, at the domain of one employer", said))


def _employers(table: TableSketch) -> Iterator[tuple[Link, ColumnSketch]]:
    for link in table.links:
        plain = not link.to_itself and len(link.columns) == 1
        company = company_of(link.parent) if plain and {*link.parent.noun} & _EMPLOYERS else None
        if company is not None and not company.keyed:
            yield link, company


def _of_contact(table: TableSketch, mail: ColumnSketch, company: ColumnSketch) -> None:
    """The mail of the person who is named beside the company, if one is; else that of the company."""
    contact = _contact(table, mail)
    if contact is None:
        if mail.rule.get("name") != "company" and not company.keyed:
            rule = {**company.rule, "field": "email"}
            mail.says(Found(f"an e-mail address, that of {company.name}", {"rule": rule}))
        return
    if mail.rule.get("name") != "person" or mail.rule.get("entity") != contact.rule.get("entity"):
        entity = str(contact.rule.get("entity", contact.name))
        locale: JsonObject = {"locale": contact.rule["locale"]} if "locale" in contact.rule else {}
        person: JsonObject = {"name": "person", "entity": entity, **locale}
        if contact.rule.get("name") == "full_name":
            contact.says(Found("a full name", {"rule": {**person, "field": "full_name"}}))
        mail.says(Found("an e-mail address", {"rule": {**person, "field": "email"}}))
    if not company.keyed:
        domain = quoted_name(domain_of(table, company))
        _at(table, mail, domain, f"of {contact.name}, at the domain of {company.name}")


def _contact(table: TableSketch, mail: ColumnSketch) -> ColumnSketch | None:
    """Who is named beside a company: the person of the mail's own entity, else the contact."""
    entity = mail.rule.get("entity") if mail.rule.get("name") == "person" else None
    found = None
    for column in table.columns.values():
        rule = column.rule
        names = rule.get("name") == "person" and rule.get("field") in ("full_name", "first_name", "last_name")
        if names and entity is not None and rule.get("entity") == entity and column is not mail:
            return column
        if column.open and (names or rule.get("name") == "full_name") and "contact" in column.words:
            found = found or column
    return found if found is not None and not found.keyed else None


def _at(table: TableSketch, mail: ColumnSketch, domain: str, told: str) -> None:
    """A person's address at a domain, which is SQL."""
    assert mail.found is not None, "it has a rule"
    rule = mail.rule
    if rule.get("name") == "email":
        rule = {"name": "person", "field": "email", "entity": mail.name} | {
            name: value for name, value in rule.items() if name == "locale"
        }
    if rule.get("name") != "person":
        return
    plain = table.add_hidden(f"{mail.name}_of_person", "VARCHAR(120)", Found("their address", {"rule": rule}))
    room = mail.column.type.length
    site = f"COALESCE({domain}, '{_OWN_DOMAIN}')"
    site = f"CASE WHEN length({site}) > {room - _SHORTEST_LOCAL - 1} THEN '{_OWN_DOMAIN}' ELSE {site} END"
    left = f"CAST({room - 1} - length({site}) AS INTEGER)"
    local = f"left(split_part({quoted_name(plain.name)}, '@', 1), {left})"
    _expressed(mail, f"{local} || '@' || {site}", f"an e-mail address, {told}")


def _at_desk(table: TableSketch, mail: ColumnSketch, company: ColumnSketch, desk: str) -> None:
    if not company.keyed:
        domain = quoted_name(domain_of(table, company))
        desk = "billing" if desk == "bill" else desk
        room = mail.column.type.length - len(desk) - 1
        site = f"CASE WHEN length({domain}) > {room} THEN '{_OWN_DOMAIN}' ELSE {domain} END"
        _expressed(mail, f"{quoted_text(desk + '@')} || {site}", f"an e-mail address of {company.name}")


def _expressed(mail: ColumnSketch, sql: str, told: str) -> None:
    rest: dict[str, Json] = {}
    if mail.found is not None:
        rest = {name: value for name, value in mail.found.fields.items() if name != "rule"}
    mail.says(Found(told, {**rest, "rule": expression(sql)}))


def domain_of(table: TableSketch, company: ColumnSketch) -> str:
    """A hidden column with the domain of a company."""
    for column in table.columns.values():
        rule = column.rule
        same = rule.get("entity") == company.rule.get("entity") and rule.get("field") == "domain"
        if column.hidden and same and rule.get("name") == "company":
            return column.name
    found = Found("the domain of a company", {"rule": {**company.rule, "field": "domain"}})
    return table.add_hidden("company_domain", "VARCHAR(80)", found).name
