"""What the words of names mean to a judge: data, no code that decides.

A line of STEPS is `step | words`, the words as `names.words_of` gives them. One of ORDERS says what comes
before what when both are known of one thing: `earlier | later`.
"""

STEPS = """
birth       | birth born geb geburt
death       | death died deceased verstorben verst sterbe fallecido decesso
start       | start from since von desde depuis da inizio beginn starts starting desde
end         | end to until till bis hasta fin ends through thru expires_end ending
first       | first erste erster earliest primera premier
last        | last latest letzte letzter ultima ultimo dernier
create      | create add entered anlage angelegt creado cree creation alta angel registered_on
update      | update edited touched aktualisiert geaendert
delete      | deleted delete removed purged geloescht
order       | order
join        | join joined signup register registered registration enrolled onboarded beitritt enrol
confirm     | confirmed confirm acknowledged bestaetigt
approve     | approved approve authorized authorised genehmigt granted
pay         | pay settled bezahlt zahlung gezahlt pagado pago paye captured
pack        | packed pack picked pick
ship        | ship sent versand dispatch handed
deliver     | deliver
return      | returned return
refund      | refund refunded erstattet reembolso
cancel      | cancelled canceled cancel cancellation storniert storno cancelado annulled annule voided void
hire        | hire eintritt onboard
terminate   | terminate term austritt left resigned dismissed leave fired exit
admit       | admitted admission admit aufn aufnahme ingreso ingresado intake
discharge   | discharged discharge entl entlassung entlassen egreso alta_medica
open        | open opening eroeffnet opened apertura
close       | close closing geschlossen cierre closure
report      | reported report gemeldet
assign      | assigned assign
respond     | responded response respond answered
resolve     | resolved resolve solved fixed geloest
request     | request angefordert
apply       | applied application apply
review      | reviewed review
decide      | decided decision adjudicated
submit      | submit
incident    | incident loss occurred accident happened schaden
settle      | settlement
depart      | depart abfahrt abflug salida
arrive      | arrive ankunft llegada
board       | boarded boarding
checkin     | checkin
checkout    | checkout
pickup      | pickup pickedup
dropoff     | dropoff
book        | book reserved reservation gebucht reserva
issue       | issue ausgestellt emision emitted invoice rech rechnung
due         | due faellig vencimiento echeance deadline
expire      | expires expire expired ablauf caducidad
launch      | launch launched introduced introduction release released publication published
discontinue | discontinued discontinue withdrawn retired eol
sample      | collected sampled entnommen taken drawn
result      | resulted result befund finding analysed analyzed
impression  | impression shown served viewed
click       | click clicked
convert     | conversion converted
activate    | activated activation
deactivate  | deactivated deactivation churned churn
subscribe   | subscribed subscription
unsubscribe | unsubscribed unsubscribe
graduate    | graduated graduation
complete    | completed complete done abgeschlossen
produce     | produced manufactured production made
install     | installed installation commissioned
login       | login logged seen
list        | listed listing list
sell        | sale sold sell
perform     | performed perform erbracht rendered
load        | load loaded etl ingested extracted dwh batch synced sync
quote       | quoted quote
create      | creado creada cree creee criado criada creato creata aangemaakt
update      | actualizado actualizada modificado modificada maj aggiornato aggiornata atualizado atualizada
update      | bijgewerkt modifie modifiee ultima_modificacion
delete      | eliminado eliminada borrado supprime eliminato excluido verwijderd
join        | registrado registrada inscrito inscrita inscrit inscrite iscritto cadastro cadastrado aangemeld
join        | registriert angemeldet anmeldung inscription iscrizione
approve     | aprobado aprobada approuve approvato aprovado goedgekeurd
pay         | pagada paye payee pagato pagata betaald betaling
ship        | enviado enviada expedie expediee spedito spedita verzonden versendet enviada
deliver     | entregado entregada livre livree consegnato consegnata entregue geleverd geliefert zugestellt
return      | devuelto devuelta retourne retournee restituito devolvido geretourneerd zurueckgegeben
refund      | reembolsado reembolsada rembourse remboursee rimborsato terugbetaald
cancel      | cancelada annulee annullato annullata geannuleerd abgesagt
hire        | contratado contratada contratacion assunto assunzione contratacao admissao indienst contract
terminate   | cese despido licenciement licenziamento demissao uitdienst retiro
admit       | ingresada hospitalise ricovero internacao opname
discharge   | sortie dimissione ontslag
open        | abierto abierta ouvert ouverte ouverture aperto aperta aberto aberta geopend geoeffnet eroeffnet
close       | cerrado cerrada ferme fermee fermeture chiuso chiusa chiusura fechado fechada gesloten
report      | reportado signale segnalato gemeld
resolve     | resuelto resuelta resolu risolto resolvido opgelost
assign      | asignado assegnato zugewiesen atribuido toegewezen
book        | reservado reservada prenotato prenotata geboekt
issue       | emitido emitida emis emise emesso emessa uitgegeven
produce     | fabricacion fabricado fabrique fabrication prodotto fabricacao geproduceerd hergestellt
start       | comenzado begonnen debute iniziato iniciado gestart ab
end         | terminado finalizado beendet termine finito concluido beeindigd finalizada
launch      | lanzamiento lancement lancio lancamento einfuehrung
install     | instalado installe installato
death       | muerte fallecimiento deces morte obito overlijden tod
"""

ORDERS = """
create     | update delete confirm approve pay ship deliver return refund cancel close resolve respond
create     | assign complete
order      | update confirm pack ship deliver return refund cancel close complete
join       | terminate deactivate unsubscribe cancel login close
confirm    | ship deliver
pack       | ship deliver return
ship       | deliver return refund
deliver    | return
hire       | terminate
admit      | discharge
open       | close
report     | close resolve settle
create     | pickup dropoff depart arrive sample result pay expire
pickup     | arrive
request    | approve deliver complete
apply      | approve
submit     | approve decide
incident   | report close settle resolve submit
start      | end
depart     | arrive
board      | arrive
checkin    | checkout
pickup     | dropoff deliver
book       | checkout arrive dropoff complete
issue      | due expire
launch     | discontinue
sample     | result
impression | click convert
click      | convert
activate   | deactivate
subscribe  | unsubscribe
produce    | expire ship terminate discontinue deactivate
install    | deactivate
first      | last
birth      | death
assign     | resolve
respond    | close
resolve    | close
pay        | refund
sell       | refund return
list       | sell
quote      | order ship deliver
"""

PLANNED = frozenset(
    """plan planned sched scheduled expected estimated promised target est etd eta plan forecast next
    deadline proposed required needed commit committed soll geplant previsto prevu
    budget want wanted preferred appointment renewal""".split()
)
"""What is meant to be, not what was."""

DULL = frozenset(
    """at on date dat time timestamp day datetime dts ts utc actual act real effective key id sk code
    number datum
    fecha moment local cd ist the is of dim fact en em el la a am um im op il zum real reel
    reelle effettivo effettiva tatsaechlich echt giorno jour dia dag tag""".split()
)
"""Words of a moment's name that say nothing about which moment it is."""

DULL_TABLES = frozenset(
    """dim fact factor stg tbl tb raw src table staging sat hub lnk hist history mst mstr master hdr header
    dtl data info stamm fct dwh d f t vw""".split()
)
"""Words of a table's name that do not say what a row is."""

KEY_WORDS = frozenset("id key sk code number nr uuid fk pk ref hk bk ident kennung".split())

EVENTS = frozenset(
    """order sale payment invoice line item shipment visit appointment booking ticket claim transaction click
    event session return refund review call reading posting transfer stay attempt scan entry purchase receipt
    impression conversion log message trip ride delivery deliver pay leistung buchung beleg bestellung pedido
    venta factura commande reservation prescription order procedure treatment encounter admission fact
    fct usage
    charge checkout login play match download inspection repair incident alarm fall ship inv leg movement
    rechnung labor test lab bill withdrawal deposit redemption response exam consultation rental loan book
    subscription enrollment application activity case interaction measurement daily flight registro
    evento fall listing offer quote opportunity campaign contract policy project""".split()
)
"""Nouns of what happens, once, to things and people that are there already."""

PERSONS = frozenset(
    """user member customer client person employee patient student teacher agent seller buyer vendor guest
    passenger driver contact account subscriber player doctor staff lead author advertiser supplier arzt kunde
    household donor tenant worker merchant physician provider policyholder borrower instructor""".split()
)
ROLES = frozenset(
    """buyer seller owner manager agent author assignee reporter approver creator referrer reviewer sender
    recipient host attendee requester supervisor mentor operator""".split()
)
"""Who somebody is to a row: another row of the one table of people."""

PLACES = frozenset("orig origin source dest destination from to billing shipping home bill pickup".split())
"""Where from, where to: words before a key that leave it a key."""

MACHINES = frozenset(
    """sensor reading log scan heartbeat telemetry metric ping measurement meter device signal status
    job batch
    iot event run trace impression click pageview session price rate weather stock""".split()
)
"""What also happens at night, and on every day of the week alike."""

HUMANS = frozenset(
    """order sale appointment visit invoice booking claim purchase return call application enrollment lead
    opportunity interview contract donation bill receipt""".split()
)
"""What people make happen: by day, and not on every day alike."""

BIRTHS = frozenset(
    """birth create join order hire open launch start install produce admit book list subscribe
    activate issue sample""".split()
)
"""Steps before which nothing happens to a thing."""

SURE_BIRTHS = frozenset(
    """birth create join order hire open launch admit list subscribe activate impression sample
    click""".split()
)
"""Those of them by which a thing is there whoever looks; what starts may have been sold before."""

PAST = frozenset(
    """create update delete order join confirm approve pay pack ship deliver return refund cancel hire
    admit discharge
    close report assign respond resolve request apply review decide submit incident settle issue sample result
    impression click convert activate deactivate complete produce login sell perform load quote birth
    death""".split()
)
"""Steps that are behind us when a table tells of them; what starts, departs or opens may be to come."""

ALIVE = frozenset(
    """visit appointment encounter admission procedure treatment consultation exam test labor leistung fall
    stay session login booking trip ride enrollment""".split()
)
"""What needs somebody who is alive."""

TERMINAL = {
    "death": 0.6,
    "terminate": 0.85,
    "refund": 0.6,
    "cancel": 0.7,
    "delete": 0.7,
    "discontinue": 0.85,
    "deactivate": 0.85,
    "unsubscribe": 0.85,
}
"""How many rows may have come to such an end."""

CLOSING = frozenset(
    """store account branch shop hospital facility site restaurant venue warehouse filiale tienda""".split()
)
"""Things of which few are closed, however many tickets and cases are."""

CURRENT = frozenset("current akt aktuell latest valid currency".split())
"""What flags the version that holds now; `curr` is no currency where it is a flag."""

PERIODS = frozenset(
    """promotion campaign promo offer contract subscription policy season version semester term project
    shift sprint deal aktion campana""".split()
)

GROWING = frozenset(
    """growth change margin markup roi return yield diff variance delta interest increase uplift profit
    achievement
    attainment utilization utilisation occupancy load vs progress of overtime""".split()
)
"""Percentages that may be below 0 or above 100."""

WORDY = frozenset(
    """status type category reason method channel name title state kind class stage phase priority""".split()
)
"""What a column of a few words, or of words at least, is called."""

CATEGORIES = frozenset(
    """status type category reason method channel kind class stage phase priority severity gender
    segment""".split()
)

MONEY = frozenset(
    """amount price total cost salary fee revenue budget subtotal balance netto brutto net gross
    turnover""".split()
)

TOTALS = frozenset(
    """total sum gross net amount subtotal count number quantity value brutto netto weight points
    betrag""".split()
)

LESS = """
click            | impression view
conversion       | click session visit
open             | send sent deliver
allow allowed    | bill billed charge charged
paid             | allowed
ship             | order
use used         | limit capacity quota
sold             | capacity
low lower min minimum least   | high upper max maximum greatest
diastolic        | systolic
net netto        | gross brutto
cost             | list price
unit             | list
subtotal net netto | total
discount         | subtotal gross
available        | total capacity
daily            | total monthly
commission       | price total
"""

TRUE_WORDS = frozenset("y j yes true t ja si oui 1 s o sim x on".split())
FALSE_WORDS = frozenset("n no false f nein non 0 nao off".split())

SUFFIXES = (
    "until",
    "open",
    "number",
    "amount",
    "status",
    "date",
    "time",
    "from",
    "name",
    "code",
    "price",
    "total",
    "type",
    "desc",
    "id",
)
"""Words that are glued to others at the end: `refundtime`."""

MORE_WORDS = """
shpmt shpt               | shipment
whse wh                  | warehouse
pckup pu                 | pickup
dlv dlvd                 | deliver
dlvry dlvy               | deliver
tot                      | total
mst mstr hdr             | master
plnd                     | planned
prms prmsd               | promised
evt                      | event
pymt pmt                 | pay
bild                     | bill
trk                      | track
stat sts                 | status
hrs hr std stunden heures horas | hour
mins minuten minutos     | minute
tage tag dias dia jours jour giorni dagen | day
naechte noches nuits notti nights | night
clics clic clicks klicks klick | click
impresiones impresion impressionen | impression
conversiones conversions | conversion
gasto gastos coste costo cout kosten custo | cost
ingresos ingreso umsatz omzet ricavi receita einnahmen | revenue
presupuesto bilancio orcamento | budget
diario taeglich quotidien | daily
anunciante               | advertiser
campana campanha campagne kampagne campagna | campaign
anuncio annonce anzeige  | ad
peso                     | weight
venta ventas vente verkauf vendita venda verkoop | sale
compra achat einkauf acquisto | purchase
pedidos commandes bestellungen bestellung auftrag auftraege ordini bestelling | order
linea lineas ligne zeile riga linha regel position pos | line
factura facturas rechnungen fattura fatura factuur | invoice
pago pagos zahlung zahlungen paiement pagamento betaling | payment
devolucion retour ruecksendung reso devolucao | return
reserva reservas buchung buchungen prenotazione boeking | booking
cita citas termin rendezvous appuntamento consulta | appointment
visita besuch            | visit
estancia aufenthalt sejour soggiorno | stay
vuelo vuelos flug vol volo voo vlucht | flight
matricula inscripciones einschreibung | enrollment
siniestro sinistre schadenfall | claim
poliza police            | policy
contrato contrat vertrag contratto | contract
empleado empleados mitarbeiter employe dipendente funcionario medewerker | employee
alumno alumnos schueler eleve studente aluno leerling | student
medico medecin           | doctor
paciente pacientes       | patient
vendedor vendeur verkaeufer venditore | seller
comprador acheteur kaeufer acquirente koper | buyer
tienda tiendas filiale filialen magasin negozio loja winkel | store
almacen lager entrepot magazzino armazem magazijn | warehouse
proveedor fournisseur lieferant fornitore fornecedor leverancier | supplier
huesped huespedes gast gaeste ospite hospede | guest
habitacion zimmer chambre camera quarto kamer | room
descuento descuentos nachlass | discount
impuesto impuestos iva steuer mwst ust tva taxe imposto btw vat | tax
neto netto nett          | net
bruto brutto brut lordo  | gross
zwischensumme soustotal  | subtotal
betten camas lits        | bed
plazas places sitze posti | seat
minimo minimum mindest   | min
maximo maximum hoechst   | max
fechas                   | date
momento zeitpunkt zeit hora heure ora uhrzeit | time
von desde depuis vanaf   | from
geplant previsto prevista prevu prevue gepland | planned
baja                     | terminate
salida depart_           | depart
llegada arrivee arrivo   | arrive
vencimiento echeance scadenza | due
motivo grund motif       | reason
estado etat zustand      | status
tipo typ tipologia       | type
categoria kategorie categorie | category
tarjeta karte kreditkarte carta kaart kreditkartennummer | card
vigente vigencia validez gueltigkeit valable valido valida geldig validite | valid
origen origine origem herkunft herkomst | origin
destino destinazione ziel bestemming | destination
jefe capo vorgesetzter gerente superior responsable chief boss | manager
saldo solde kontostand   | balance
dur                      | duration
sec secs                 | second
"""
