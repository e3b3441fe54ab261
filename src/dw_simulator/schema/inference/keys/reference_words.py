"""Words by which a column says that it references another table: data.

Words of other languages stand beside the English ones where `lexicon` does not translate them.
"""

SURROGATES = frozenset(
    "id key sk fk pk uuid sid hk identifier identifiant ident chiave clave chave cle".split()
)
"""Ends of names of keys that mean nothing by themselves."""
NUMBERS = frozenset("number nbr nr no num numero nummer".split())
CODES = frozenset("code cd cod codigo codice kod".split())
KEY_WORDS = SURROGATES | NUMBERS | CODES
GLUED_ENDS = ("identifier", "number", "code", "uuid", "key", "nbr", "num", "id", "sk", "fk", "nr", "no", "cd")
"""Ends that may be glued to a word: `custid`, `kundennr`."""
GLUED_STARTS = ("id", "cod", "num")
"""The same in front: `idcliente`."""

DULL_TABLE_WORDS = frozenset(
    """dim fact fct stg tbl tb raw src t d f table staging list hist history mst mstr master hdr header
    head kopf stamm lookup lkp lu ref reference dimension dimensions vw view main base current bridge
    brg""".split()
)
"""Words of table names that say what kind of table it is, not what its rows are."""
COPY_WORDS = frozenset(
    """stg staging raw src hist history archive archived backup bak old tmp temp copy snapshot log audit
    deleted landing load import export""".split()
)
"""Words of tables that hold others' rows again: they are no parents where there is another."""

FOREIGN_WORDS = frozenset(
    """external ext legacy foreign remote upstream stripe paypal salesforce hubspot sap google facebook amazon
    shopify zendesk github okta auth0 oauth twilio sendgrid mailchimp intercom netsuite workday
    third old partner""".split()
)
"""What stands before the name of a key that is another system's."""

COUNTING = frozenset(
    "count cnt anzahl aantal total totale totaal cantidad quantidade quantita menge nb qty quantity".split()
)
"""Words of how many there are of something, which is no key of it."""

UNITS_OF_TIME = frozenset(
    """days weeks months years hours minutes seconds tage wochen monate jahre stunden minuten jours semaines
    mois annees heures dias semanas meses anos horas giorni settimane mesi anni ore dagen weken maanden jaren
    uren""".split()
)
"""Last words of how long something takes: lead_time_days is no day."""

GENERIC_KEYS = frozenset(
    """name type status state date day year month week time timestamp value email title description label
    kind level rank sequence seq line position version hash text phone quantity amount""".split()
)
"""Names of keys that say nothing of whose they are."""

SYNONYMS = (
    "date calendar day kalender calendrier calendario",
    "doctor physician clinician medico medecin arzt arts",
    "employee staff worker personnel personal",
    "supplier vendor lieferant fournisseur proveedor fornitore fornecedor leverancier",
    "customer client",
    "vehicle car fahrzeug",
    "airplane aircraft plane",
    "organization organisation org",
    "time clock",
)
"""Words for the same; one stands for another where that has no table."""

PERSON_NOUNS = frozenset(
    """user member employee customer client person people staff patient student teacher subscriber
    guest contact     agent worker individual passenger player personnel account_holder mitarbeiter
    benutzer persona personne
    persoon persoana pessoa utilisateur usuario utente gebruiker medewerker employe dipendente funcionario
    colaborador mitglied membre miembro socio lid""".split()
)
INNER_PERSONS = (
    "employee",
    "staff",
    "personnel",
    "worker",
    "mitarbeiter",
    "medewerker",
    "dipendente",
    "user",
)
"""People who work there; the first of these is the manager of others."""
OUTER_PERSONS = ("customer", "client", "member", "subscriber", "guest", "user")
"""People who come."""
STRICTLY_INNER = frozenset({*INNER_PERSONS} - {"user"})
STRICTLY_OUTER = frozenset("customer client patient subscriber guest passenger student".split())
LOGIN_PERSONS = ("user", "benutzer", "utilisateur", "usuario", "utente", "gebruiker")
"""People who write into the database."""

INNER_ROLES = frozenset(
    """manager supervisor boss approver assignee reviewer inspector technician clerk operator rep
    representative salesperson salesman seller_rep cashier dispatcher handler caseworker owner lead reporter
    driver courier instructor teacher trainer mentor coach chef vorgesetzter superviseur jefe gerente
    responsable verkaeufer bearbeiter sachbearbeiter betreuer responsabile vendeur vendedor
     venditore verkoper author editor moderator host recruiter
    interviewer interpreter examiner auditor creator requester
    requestor initiator uploader commenter""".split()
)
OUTER_ROLES = frozenset(
    """buyer seller purchaser payer payee sender recipient receiver borrower lender lessee tenant renter
    subscriber follower followee follower referrer referee winner bidder donor beneficiary insured claimant
    holder resident traveler traveller visitor kaeufer acheteur comprador acquirente koper remitente
    destinatario absender empfaenger expediteur destinataire mittente""".split()
)
OWN_ROLES = frozenset(
    "manager supervisor boss vorgesetzter superior superviseur jefe gerente leidinggevende".split()
)
"""Roles that the people of a table have for each other."""
BY_WORDS = frozenset("by von par por door da".split())

SELF_WORDS = frozenset(
    """parent superior eltern padre madre pere pai mae ouder genitore uebergeordnet predecessor
    vorgaenger ancestor""".split()
)
"""What a row of the same table is to a row."""

ROLE_WORDS = frozenset(
    """invoice origin orig destination dest from to source target start end billing bill shipping ship home
    away
    primary secondary main default current previous next first last new old original parent child sender
    receiver pickup pick up dropoff delivery deliver depart arrive departure arrival inbound outbound issuing
    acquiring origen destino origem destinazione origine depart arrivee ursprung ziel herkomst bestemming
    padre pai ouder salida llegada envio facturacion factura livraison facturation entrega
    saida chegada partenza arrivo principal""".split()
)
"""Words that tell references to one table apart: `puerto_destino_id`, `dest_depot_id`."""

PLACE_ROLES = frozenset(
    """origin orig destination dest from to depart arrive departure arrival start end origen destino origem
    destinazione origine""".split()
)
PLACE_NOUNS = frozenset(
    """airport station port warehouse location stop terminal depot facility hub branch site city
    aeropuerto aeroport flughafen bahnhof hafen estacion gare""".split()
)

OPPOSITES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("origin orig from source origen origem", "destination dest to target destino"),
        ("depart departure", "arrive arrival"),
        ("home", "away"),
        ("buyer", "seller"),
        ("sender", "receiver recipient"),
        ("payer debtor", "payee creditor"),
        ("debit", "credit"),
        ("follower", "followee followed following"),
        ("winner", "loser"),
        ("parent assembly finished", "component child material ingredient part"),
        (
            """employee requester applicant mitarbeiter antragsteller employe demandeur empleado solicitante
            dipendente richiedente funcionario medewerker aanvrager""",
            """approver approved reviewer substitute deputy genehmiger vertreter approbateur remplacant
            aprobador sustituto approvatore sostituto aprovador goedkeurder vervanger""",
        ),
    )
)
"""Roles that one and the same row never has both of."""

LINE_WORDS = frozenset(
    "line seq sequence position pos item leg step row posten ligne linea linha riga regel".split()
)
"""Words of numbers that count within a parent."""

ONCE_WORDS = frozenset(
    """transaction trace request message event correlation confirmation tracking track span log hash checksum
    session
    invoice receipt reference payment order external nonce token serial uuid guid row record unique global
    external legacy national tax vat passport license licence insurance document file batch""".split()
)
"""Whose ids, where there is no such table, every row has its own of."""
FEW_WORDS = frozenset(
    """type kind class category status state level region group role segment tier plan language currency
    country
    channel source severity priority reason department division zone market territory
    tipo estado stato statut grupo gruppo groupe categoria categorie familia famiglia famille nivel livello
    niveau clase classe""".split()
)
"""Of what there are a dozen, where there is no table of them."""
