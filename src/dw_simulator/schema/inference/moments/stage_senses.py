# ruff: noqa: E501
"""Words of moments that mean another thing beside others: data, one line each, and where to add to it."""

SENSES = """
# word     | where: words of the table's name, or stages of other columns with + | another stage
approved   | timesheet timecard attendance clocking stundenzettel arbeitszeit zeiterfassung pointage fichaje timbratura ponto urenstaat urenregistratie +clockin | signoff
approval   | timesheet timecard attendance clocking stundenzettel arbeitszeit zeiterfassung pointage fichaje timbratura ponto urenstaat urenregistratie | signoff
genehmigt  | timesheet timecard attendance stundenzettel arbeitszeit zeiterfassung | signoff
approuve   | timesheet attendance pointage | signoff
aprobado   | timesheet attendance fichaje | signoff
approvato  | timesheet attendance timbratura | signoff
aprovado   | timesheet attendance ponto | signoff
goedgekeurd | timesheet attendance urenstaat urenregistratie | signoff
eff        | +post | order
effective  | +post | order
depart     | +return | start
departure  | +return | start
salida     | +return | start
partenza   | +return | start
partida    | +return | start
vertrek    | +return | start
abfahrt    | +return | start
offer      | offer oferta offerta proposal quote bid puja                                               | lead
offered    | offer oferta offerta proposal quote bid puja                                               | lead
published  | result grade mark exam test assessment tentamenresultaat resultaat resultat ergebnis note noten     | result
receive    | claim application ticket complaint request message call quote document +submit +apply | receipt
received   | claim application ticket complaint request message call quote document +submit +apply | receipt
periodstart | invoice bill statement payroll payslip rechnung factura facture fattura fatura factuur | servicestart
periodend  | invoice bill statement payroll payslip rechnung factura facture fattura fatura factuur | serviceend
loaded     | bag baggage luggage parcel container truck cargo freight +deliver +ship +depart               | pack
load       | +deliver +ship +depart                                                                      | pack
reported   | outage downtime incident disruption breakdown stoerung panne averia guasto storing +start   | process
gemeldet   | outage stoerung ausfall +start                                                               | process
accept     | +offer                                                                                       | approve
accepted   | +offer                                                                                       | approve
abschluss  | contract vertrag policy insurance police                                                     | approve
periodstart | +pay +invoice +post +due | servicestart
periodend  | +pay +invoice +post +due | serviceend
periodstart | billing settlement reconciliation abrechnung | servicestart
periodend  | billing settlement reconciliation abrechnung | serviceend
periodstart | *  | start
periodend  | * | end
answer     | call cdr phone chat conversation anruf llamada appel chiamata chamada +start | answer
answered   | call cdr phone chat conversation anruf llamada appel chiamata chamada +start | answer
receive    | reading lettura log event telemetry sensor measurement scan +measure +occur | load
received   | reading lettura log event telemetry sensor measurement scan +measure +occur | load
ricevuta   | reading lettura log event telemetry sensor measurement +measure +occur | load
empfangen  | reading log event telemetry sensor messung +measure +occur | load
sent       | invoice bill statement quote proposal offer survey reminder                                       | invoice
notified   | result test specimen analysis alarm alert finding +result +measure | notify
notification | result test specimen analysis alarm alert finding +result +measure | notify
notification | +occur                                                                                       | report
notificacion | +occur                                                                                       | report
notificada | +occur                                                                                       | report
notificado | +occur                                                                                       | report
notificacao | +occur                                                                                       | report
notifica   | +occur                                                                                       | report
notificata | +occur                                                                                       | report
zustellung | +occur                                                                                       | report
zugestellt | +occur                                                                                       | report
bescheid   | +occur                                                                                       | report
kennisgeving | +occur                                                                                       | report
betekend   | +occur                                                                                       | report
opened     | email mail message newsletter notification campaign send +click                                   | open
open       | email mail message newsletter notification send +click                                            | open
actv       | *                                                                                                  | activate
opened     | *                                                                                                  | register
open       | *                                                                                                  | register
opening    | *                                                                                                  | register
eroeffnet  | *                                                                                                  | register
eroeffnung | *                                                                                                  | register
geoeffnet  | *                                                                                                  | register
ouverture  | *                                                                                                  | register
ouvert     | *                                                                                                  | register
apertura   | *                                                                                                  | register
abertura   | *                                                                                                  | register
abierto    | *                                                                                                  | register
opening    | *                                                                                                  | register
geopend    | *                                                                                                  | register
opgericht  | *                                                                                                  | founded
submitted  | submission assignment homework exam                                                               | process
ordered    | lab test specimen result exam imaging procedure prescription medication                           | request
order      | lab test specimen result exam imaging procedure prescription medication                           | request
reported   | lab test specimen result imaging observation                                                      | result
verified   | lab test specimen result imaging                                                                  | result
collected  | lab test specimen result sample                                                                   | pick
arrival    | visit encounter emergency stay hotel reservation booking guest room                               | checkin
arrived    | visit encounter emergency                                                                         | checkin
arrivee    | reservation booking sejour stay room hotel guest visit                                            | checkin
ankunft    | stay hotel reservation booking guest room visit buchung                                           | checkin
llegada    | stay hotel reservation booking guest room visit reserva estancia                                  | checkin
arrivo     | stay hotel reservation booking guest room visit prenotazione soggiorno                            | checkin
chegada    | stay hotel reservation booking guest room visit reserva estadia                                   | checkin
aankomst   | stay hotel reservation booking guest room visit boeking                                           | checkin
departure  | stay hotel reservation booking guest room visit                                                   | checkout
departed   | visit encounter emergency                                                                         | checkout
depart     | stay hotel reservation booking guest room visit sejour                                            | checkout
salida     | stay hotel reservation booking guest room visit reserva estancia                                  | checkout
partenza   | stay hotel reservation booking guest room visit prenotazione soggiorno                            | checkout
vertrek    | stay hotel reservation booking guest room visit boeking                                           | checkout
ingreso    | patient hospital stay encounter admission episode paciente hospitalizacion estancia +discharge     | admit
checkout   | loan library lending book borrow rental +return                                                   | start
check-out  | loan library lending book borrow rental +return                                                   | start
loan       | loan library lending book borrow +return                                                          | start
pickup     | rental rent reservation vehicle car hire +return                                                  | start
return     | rental rent loan library lending book borrow equipment                                            | checkout
returned   | rental rent loan library lending book borrow equipment                                            | checkout
return     | return refund rma                                                                                 | order
returned   | return refund rma                                                                                 | order
refund     | refund                                                                                            | order
refunded   | refund                                                                                            | order
rental     | rental                                                                                            | start
rented     | *                                                                                                 | start
termination| contract policy insurance loan lease agreement subscription                                       | leave
sold       | listing property vehicle car house home item lot                                                  | complete
sold       | *                                                                                                 | order
paid       | invoice bill claim statement rechnung factura facture fattura fatura factuur                       | complete
payment    | invoice bill claim statement rechnung factura facture fattura fatura factuur                       | complete
pay        | invoice bill claim statement rechnung factura facture fattura fatura factuur                       | complete
payment    | payment                                                                                           | order
paid       | payment                                                                                           | order
delivered  | email mail message newsletter notification send sms                                               | deliver
published  | book article publication journal livre livres libro libros buch buecher boek boeken libri livro livros                                                                  | founded
publication| book article publication journal livre livres libro libros buch buecher boek boeken libri livro livros                                                                  | founded
release    | movie film album song track book game artist                                                      | founded
released   | movie film album song track book game artist                                                      | founded
read       | meter reading sensor device measurement                                                           | measure
reading    | *                                                                                                 | measure
posted     | +approve                                                                                          | process
verbucht   | +approve                                                                                          | process
gebucht    | +approve                                                                                          | process
contabilizzato | +approve                                                                                      | process
contabilizado | +approve                                                                                       | process
comptabilise | +approve                                                                                        | process
geboekt    | +approve                                                                                          | process
closed     | deal opportunity sale                                                                             | complete
close      | deal opportunity sale                                                                             | complete
sortie     | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
estreno    | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
uscita     | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
estreia    | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
lancamento | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
lanzamiento | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
erscheinung | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
erschienen | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
verschenen | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
premiere   | movie film album song track book game artist series title show pelicula brano brani libro livre filme buch boek video content inhalt contenu contenido conteudo contenuto disque vinyl jeu juego gioco jogo spiel spel episode | founded
alta       | admit inpatient_stay admission stay hospital inpatient hospitalization internacao internamento internamiento hospitalizacion estancia episode encounter +admit | discharge
entrada    | admit inpatient_stay admission stay hospital inpatient hospitalization internacao internamento internamiento hospitalizacion estancia episode encounter | admit
entry      | admit inpatient_stay admission stay hospital inpatient hospitalization internacao internamento | admit
retrait | +list | close
retiro | +list | close
ritiro | +list | close
withdrawal | +list | close
withdrawn | +list | close
retrait | +activate | close
retiro | +activate | close
ritiro | +activate | close
withdrawal | +activate | close
withdrawn | +activate | close
removed | +activate | close
removal | +activate | close
entfernt | +activate | close
verwijderd | +activate | close
ingreso    | admit | admit
ingresso   | admit admission hospital stay episode ricovero ricoveri | admit
entree     | admit admission hospital stay sejour | admit
eta        | call portcall scalo escala escale anlauf | checkin
ata        | call portcall scalo escala escale anlauf | checkin
arrival    | call portcall scalo escala escale anlauf | checkin
arrived    | call portcall scalo escala escale anlauf | checkin
etd        | call portcall scalo escala escale anlauf | checkout
atd        | call portcall scalo escala escale anlauf | checkout
departure  | call portcall scalo escala escale anlauf | checkout
departed   | call portcall scalo escala escale anlauf | checkout
aberta     | * | register
aberto     | * | register
abierta    | * | register
aperta     | * | register
aperto     | * | register
ouverte    | * | register
geopende   | * | register
eroeffnete | * | register
beauftragt | +report | assign
commissioned | +report | assign
login      | *                                                                                                 | start
"""
"""Words that mean something else in some tables; the first line that fits counts. * is any table."""

PHRASES = {
    "check in": "checkin",
    "check out": "checkout",
    "checked in": "checkin",
    "checked out": "checkout",
    "sign up": "signup",
    "signed up": "signup",
    "pick up": "pickup",
    "picked up": "pickup",
    "on sale": "onsale",
    "opt out": "optout",
    "opted out": "optout",
    "take off": "takeoff",
    "log in": "login",
    "log out": "logout",
    "logged in": "login",
    "logged out": "logout",
    "set up": "installed",
    "write off": "writeoff",
    "written off": "writeoff",
    "charge off": "writeoff",
    "charged off": "writeoff",
    "chg off": "writeoff",
    "no show": "noshow",
    "follow up": "followup",
    "value date": "posted",
    "service from": "servicefrom",
    "service start": "servicefrom",
    "service to": "serviceto",
    "service end": "serviceto",
    "service date": "servicedate",
    "date of service": "servicedate",
    "period start": "periodstart",
    "period from": "periodstart",
    "period begin": "periodstart",
    "period end": "periodend",
    "period to": "periodend",
    "clock in": "clockin",
    "clock out": "clockout",
    "punch in": "punchin",
    "punch out": "punchout",
    "time in": "timein",
    "time out": "timeout",
    "on air": "onair",
    "off air": "offair",
    "valido de": "from",
    "valida de": "from",
    "valido desde": "from",
    "valido ate": "until",
    "valida ate": "until",
    "valido hasta": "until",
    "paid off": "payoff",
    "end of life": "eol",
    "placed in service": "installed",
    "in dienst": "hired",
    "uit dienst": "terminated",
    "valable du": "from",
    "valable au": "until",
    "valide du": "from",
    "valide au": "until",
    "val dt": "posted",
    "drop off": "dropoff",
    "dropped off": "dropoff",
}
"""Words that stand for one."""

COMPOUNDS = {
    ("onsale", "start"): "onsale",
    ("onsale", "end"): "offsale",
    ("onsale", "close"): "offsale",
    ("onsale", "register"): "onsale",
    ("doors", "register"): "doors",
    ("pay", "receive"): "pay",
    ("submit", "receive"): "receipt",
    ("apply", "receive"): "receipt",
    ("order", "receive"): "receipt",
    ("request", "receive"): "receipt",
    ("invoice", "receive"): "receipt",
    ("due", "pay"): "due",
    ("load", "update"): "load",
    ("load", "create"): "load",
    ("load", "expire"): "expire",
    ("load", "due"): "expire",
}
"""What two stages of one name say together."""
