"""Words of moments in German, Dutch and French: `in dienst` is a day of hiring."""

FOREIGN_PHRASES = {
    "in dienst": "hired",
    "uit dienst": "terminated",
    "dienst in": "hired",
    "dienst uit": "terminated",
    "mise en circulation": "built",
    "mise circulation": "built",
    "mise en service": "installed",
    "mise service": "installed",
    "mise hors service": "decommissioned",
    "mise en ligne": "published",
    "mise a jour": "updated",
    "mise jour": "updated",
    "entree en vigueur": "effective",
    "entree vigueur": "effective",
    "valable du": "from",
    "valable au": "until",
    "valide du": "from",
    "valide au": "until",
    "periode du": "periodstart",
    "periode au": "periodend",
    "periode debut": "periodstart",
    "debut periode": "periodstart",
    "periode fin": "periodend",
    "fin periode": "periodend",
    "zeitraum von": "periodstart",
    "zeitraum bis": "periodend",
    "zeitraum ab": "periodstart",
    "periode von": "periodstart",
    "periode bis": "periodend",
    "periode van": "periodstart",
    "periode tot": "periodend",
    "opn dt": "opened",
    "opn date": "opened",
    "opn ts": "opened",
    "hr dt": "hired",
    "hr dte": "hired",
    "hr date": "hired",
    "geldig van": "from",
    "geldig tot": "until",
    "looptijd van": "from",
    "looptijd tot": "until",
    "valido al": "until",
    "valida al": "until",
    "lid sinds": "joined",
    "lid tot": "until",
    "klant sinds": "joined",
    "klant tot": "until",
    "kunde seit": "joined",
    "kunde bis": "until",
    "mitglied seit": "joined",
    "mitglied bis": "until",
    "client depuis": "joined",
    "membre depuis": "joined",
    "abonne depuis": "joined",
    "in betrieb": "installed",
    "ausser betrieb": "decommissioned",
    "buiten gebruik": "decommissioned",
    "in gebruik": "installed",
    "aan boord": "boarding",
    "afgerond op": "completed",
    "terug gebracht": "returned",
}
"""Words that stand for one, as STAGES has it; a word between them that says little is left out."""

FOREIGN_SENSES = """
# word     | where: words of the table's name | another stage
abschluss      | contract policy insurance loan subscription vertrag | approve
abschlussdatum | contract policy insurance loan subscription vertrag | approve
afsluiting     | contract policy insurance loan subscription         | approve
afgesloten     | contract policy insurance loan subscription         | approve
souscription   | contract policy insurance loan subscription         | approve
beginn         | fault outage incident downtime                      | occur
begin          | fault outage incident downtime                      | occur
debut          | fault outage incident downtime                      | occur
gepubliceerd   | result grade mark exam test assessment              | result
publie         | result grade mark exam test assessment              | result
removed        | meter machine device equipment sensor charger asset installation | close
removal        | meter machine device equipment sensor charger asset installation | close
uninstalled    | meter machine device equipment sensor charger asset installation | close
dismantled     | meter machine device equipment sensor charger asset installation | close
depose         | meter machine device equipment sensor charger asset installation | close
retirado       | meter machine device equipment sensor charger asset installation | close
rimosso        | meter machine device equipment sensor charger asset installation | close
verwijderd     | meter machine device equipment sensor charger asset installation | close
veroeffentlicht | result grade mark exam test assessment             | result
"""
"""Words that mean something else in some tables, as in SENSES."""
