# ruff: noqa: E501
"""Which moments of a row come before which: data, one line a stage, and where to add to it.

STAGES has the stages of what happens to a thing, from its birth on. A line is

    stage | rank | words | least mean most | NULL | kind

rank   what has a greater one comes later in the row; words of the same rank are in the table's order
words  by which a name says it, without accents, of any language; one with * in front is a noun as well, and
       gives way to another word of the name: `order_approved_at` is an approval. With * behind it stands for
       all words that begin so
span   from the moment before it: the least, the mean, the most; spans of what starts and ends stand in LENGTHS
NULL   the share of rows without it, where it may be NULL
kind   gate: what comes later does not come without it, where it may be NULL. start, end: of a period. side: what may happen or not, and nothing waits for it. last: it ends the row's
       life. lead: so long before the start. plan: it may lie in the future. record: what a system writes down. far: long before
"""

STAGES = """
# before it all
birth    |  1 | birth birthdate birthday dob born geburt* geboren naissance nacimiento nascita nascimento geboorte* geb gebdat | 6205d 9000d 25000d | 0.05 | far
founded  |  3 | founded foundation founding built build established construction manufactur* incorporat* gruendung* baujahr gegruendet fondation fundacion fabricacion fabrication fondazione costruzione fundacao oprichting construccion produced production produktion* made graduation graduated | 30d 700d 4000d | 0.1 | far
licence  |  4 | permis* fuehrerschein* rijbewijs* | 20d 300d 700d | 0.05 | far
occur    |  5 | occur* occurred incident accident loss happened symptom* onset injury vorfall* schaden* unfall* sinistre siniestro sinistro schade* ongeval* survenu ocurrid* ocorr* acaec* infracc* infraz* infrac* offence* offense* violation* verstoss* tatzeit* overtreding* contravenc* contravvenz* contravention* | 0s 2d 20d | 0.03 | -
servicestart | 6 | servicefrom servicedate leistungsbeginn | 0s 3d 30d | 0.02 | -
serviceend | 7 | serviceto leistungsende | 0s 20d 31d | 0.02 | -
measure  |  5 | rilevat* rilevamento measured measurement reading read_ sampled_ recorded observed observation abgelesen ablesung* captured_ logged gemessen messung* mesure medicion medida misura* meting* lecture lectura ablese* | 0s 1h 1d | 0 | -
# how it begins
create   |  9 | create created creation crt crtd cre insert inserted angelegt erstellt erstellung* anlage* anlagedatum erfassung* erfasst* cree creation creacion creado creada creazione creato creata criacao criado criada aangemaakt aanmaak* erdat alta_registro | 0s 1h 3d | 0 | -
announce | 10 | announce* announced angekuendigt ankuendigung* annonce anuncio_ annunciat* aangekondigd | 0s 5d 30d | 0.1 | -
apply    | 10 | applied application apply bewerbung* beworben antrag* beantragt candidature solicitud* domanda inscricao aanvraag* aangevraagd sollicit* appl *app | 0s 1d 10d | 0.02 | gate
lead     | 10 | lead_ inquiry enquir* inquired anfrage* quoted *quote quotation angebot* angeboten devis cotizacion presupuestado preventivo cotacao offerte* *proposal proposed | 0s 2d 20d | 0.05 | -
report   | 11 | report reported notify notified notification_ gemeldet meldung* signale declare declaration denunciad* aviso* avisado segnalat* reportad* gemeld melding* raised raise | 0s 1d 10d | 0.02 | -
register | 12 | register* registered registration registr* signup signed_up sign_up enroll* enrol* joined join joindate joining member_since since onboard* subscribed subscription_ subscribe inscri* inscription alta matricula* angemeldet anmeldung* anmelde* eintritt* beitritt* mitglied_seit aufgenommen kunde_seit cliente_desde client_depuis iscri* cadastr* adesao ingreso ingresso ingreso_ aangemeld* aanmelding* inschrij* lid_sinds seit depuis desde dal_ sinds adhesion aanmeld* ingeschreven* captacion captad* | 0s 2d 30d | 0.02 | -
order    | 14 | *order ordered ordering *purchase purchased bought *sale sold_at placed_ placed *bestell* bestellt *auftrag* beauftragt *kauf* gekauft verkauf* verkauft commande commandee achat achete vente vendu_ *pedido comprad* *compra *venta vendid* ordine ordinat* acquist* vendita *venda besteld verkoop* aankoop* *transaction transact* *acquisition acquired adquisicion adquirid* aquisicao anschaffung* | 0s 30m 1d | 0.01 | gate
submit   | 14 | submit* submission_ filed file_ *claim claimed lodged eingereicht* einreichung* soumis* soumission presentad* presentacion inviat* enviad*_ submetid* ingediend | 0s 1d 10d | 0.02 | gate
request  | 14 | richiest* beantragt_ request* requested prescribed prescription *demand angefordert demande solicitad* richiest* pedid* gevraagd | 0s 1d 10d | 0.02 | gate
list     | 14 | onair listed *list listing published publish* publication posted_ veroeffentlich* publie publication publicad* publicacion pubblicat* publicacao gepubliceerd launched launch introduced introduction released release einfuehr* lancement lanzamiento lancio lancamento added hinzugefuegt* ajoute* ajout agregad* anadid* aggiunt* adicionad* toegevoegd toevoeging incluid* inclusao | 0s 10d 90d | 0.03 | -
book     | 15 | *deposit deposited *booking booked *reservation reserved gebucht *buchung* buchungsdatum reserviert *reserva reservad* prenotat* *prenotazione geboekt *boeking* reserve_ | 0s 1h 3d | 0.01 | -
post     | 16 | posted posting verbucht comptabilis* contabiliz* registrad* geboekt_ value_date valuta* wertstellung* | 0s 8h 3d | 0.02 | -
receipt  | 16 | receipt_in acknowledge* acknowledged bestaetigt_eingang eingegangen eingang* | 0s 6h 5d | 0.05 | -
invoice  | 17 | *invoice invoiced billed billing_ issue issued ausgestellt rechnung* berechnet *facture facturee facturad* *factura emision emitid* emission emise emis emissione emess* fattura* faturad* *fatura emissao gefactureerd *factuur* ausstell* rech rechn | 0s 1d 10d | 0.03 | -
assign   | 18 | assigned assign* allocated allocat* zugewiesen assigne asignad* assegnat* atribuid* toegewezen | 0s 5h 5d | 0.08 | -
respond  | 18 | responded response respond answered answer beantwortet antwort* repondu reponse respondid* rispost* beantwoord | 0s 4h 5d | 0.08 | -
confirm  | 19 | confirm* confirmed verified verif* accepted accept* bestaetig* confirme confirmad* confermat* bevestig* validated validat* triage* triaged acept* accett* aceit* akzeptiert geaccepteerd angenommen | 0s 6h 5d | 0.08 | -
review   | 20 | gespraech* colloquio entretien entrevista *review reviewed assessed assess* evaluat* examined geprueft pruefung* begutacht* examine evalue revisad* valutat* avaliad* beoordeel* screened screening interview* nagekeken korrigiert corrige corregid* corretto corrigid* | 0s 3d 20d | 0.1 | -
offer    | 21 | *offer offered | 0s 3d 20d | 0.3 | -
approve  | 22 | entschieden* entscheid* deciso decis* beslist* approv* approved authoriz* authoris* decided decision granted genehmigt genehmigung* bewilligt freigegeben freigabe* approuve autorise aprobad* aprobacion autorizad* approvat* aprovad* aprovacao goedgekeurd* goedkeur* signed signature signing unterzeichnet unterschrift* firmad* firma_ firmat* assinad* ondertekend adjudicat* | 0s 2d 20d | 0.12 | gate
reject   | 22 | reject* rejected denied denial declined abgelehnt ablehnung* refuse rejete rechazad* denegad* respint* rifiutat* rejeitad* recusad* afgewezen failed failure fehlgeschlagen* echoue echouee echec fallido fallida fallito fallita falhou falhado mislukt | 0s 2d 20d | 0.88 | side
escalate | 22 | escalat* escalated reminder reminded gemahnt mahnung* rappel recordatorio sollecito aanmaning | 6h 2d 15d | 0.85 | side
pay      | 23 | pago_em liquidad* paid *payment pay captured settled settlement bezahlt *zahlung* paye *paiement pagad* *pago pagat* pagamento pago_ betaald *betaling* disbursed disbursement funded funding originated origination auszahlung* ausgezahlt desembols* | 0s 1d 14d | 0.1 | -
activate | 23 | activat* activated enabled aktiviert active_since activad* attivat* ativad* geactiveerd install* installed commission* deployed deployment inbetriebnahme* installation_ einbau* eingebaut* aufgestellt* aufstellung* geplaatst plaatsing colocacion colocad* posizionat* posizionamento fitted mounted | 0s 2d 20d | 0.08 | gate
# it takes place
onsale   | 10 | onsale | 10d 60d 200d | 0.05 | lead
doors    | 24 | doors door einlass | 30m 60m 2h | 0.1 | lead
checkin  | 26 | checkin check-in einchecken anreise* llegada_ arrivo_ | 1h 20d 120d | 0.05 | start gate
admit    | 26 | admit* admitted admission aufnahme* hospitalis* ingres* ricover* internad* internacao opname opgenomen entree entrada_ | 0s 6h 10d | 0.01 | start gate
hire     | 26 | hire hired hiring employed employment_start eingestellt einstellung* embauche contratad* contratacion assunt* assunzione admissao aangenomen indienst* | 0s 10d 60d | 0 | start gate
start    | 27 | kommen clockin punchin timein einstempel* start started starting begin began beginning begins commenc* inception anfang* beginn beginnt debut commence inicio comienzo inizi* iniciad* aanvang begindatum ingangsdatum effective eff effect wirksam* from ab von vigente_desde vigencia_inicio du_ desde_ dal vanaf login ingelogd logged_in entry entered begin | 0s 3d 60d | 0.02 | start gate
at       | 27 | at_ | 0s 1d 10d | 0.02 | gate
answer   | 28 | - | 2s 9s 60s | 0.08 | -
process  | 28 | process* processed bearbeitet verarbeitet traite procesad* elaborat* verwerkt handled graded grading marked nagekeken nakijk* korrigiert corrige | 0s 8h 5d | 0.08 | -
pick     | 29 | picked pickup pckup pick-up pick pu collected collection abgeholt abholung* enleve* ramassage recogid* recogida ritir* coletad* coleta opgehaald kommissioniert | 0s 1d 5d | 0.08 | gate
pack     | 30 | packed packing verpackt gepackt emballe empacad* imballat* embalad* ingepakt | 0s 6h 3d | 0.08 | -
ship     | 31 | ship* shipped shipment shpmt dispatch* dispatched expedie* sent send sent_ versandt versendet *versand* gesendet *lieferschein* expedition envoye envoi enviad* envio spedit* spedizione inviato invio_ expedid* *verzend* verzonden handed | 0s 1d 10d | 0.08 | gate
depart   | 32 | dep depart* departed departure dprt etd atd abfahrt* abflug* abgefahren salida partenza partid* vertrek* vertrokken takeoff | 0s 3h 2d | 0.04 | start gate
arrive   | 38 | arriv* berthed docked moored arrived arrival arrv arr ata ankunft* angekommen llegad* arrivo chegad* aankomst* aangekomen landed landing | 20m 6h 2d | 0.05 | end
deliver  | 40 | dropoff entregue entregues deliver* delivered delivery dlvry dlvrd dlv geliefert *liefer* zugestellt zustellung* livre livraison entregad* entrega consegn* geleverd *lever* bezorg* | 2h 3d 20d | 0.1 | -
receive  | 40 | received receive *receipt rcvd recd empfangen recu reception recibid* ricevut* recebid* recebiment* ontvangen ontvangst | 2h 3d 20d | 0.1 | -
open     | 42 | opened_mail read clicked_ viewed_ gelesen geoeffnet_mail | 1m 10h 10d | 0.5 | -
click    | 43 | click* clicked viewed geklickt clique | 10s 3m 1d | 0.7 | -
convert  | 44 | convert* converted conversion konvertiert converti | 1m 6h 20d | 0.6 | -
resolve  | 45 | resolve* resolved resolution solved fixed geloest behoben erledigt resolu resuelt* risolt* resolvid* opgelost remediat* | 10m 2d 20d | 0.15 | gate
complete | 46 | succeeded succeed completat* complete* completed completion finished fulfil* fulfilled abgeschlossen abschluss* fertig* termine acheve completad* finalizad* completat* concluid* voltooid afgerond done sold accomplished diploma diplome deed escritura rogito beurkundung* | 0s 2d 30d | 0.15 | -
notify   | 47 | - | 5m 1h 1d | 0.3 | side
result   | 46 | result resulted analyzed analysed tested ergebnis* befund* resultat* resultado* esito risultat* | 0s 1d 10d | 0.1 | -
unread   | 47 | - | 0s 10d 120d | 0.35 | side
# it comes to an end
offsale     | 25 | onsaleend | 0s 1d 7d | 0.08 | lead
checkout | 55 | checkout check-out abreise* depart_ auschecken | 1d 3d 21d | 0.1 | end
discharge| 55 | discharge* discharged entlass* entlassung* sortie alta_medica dimess* dimission* ontslag* ontslagen uscita_ saida_ | 3h 5d 40d | 0.08 | end
end      | 56 | gehen clockout punchout timeout ausstempel* ate validto end ended ending ende beendet endet fin finish termination_ fine fim einde eind* einddatum enddatum bis to until thru through au_ hasta fino ate_ tot logout uitgelogd uscita exit exited finalizacion aus_ | 0s 10d 90d | 0.3 | end
return   | 58 | return* returned rueckgabe* zurueckgegeben retour* retourne devuelt* devolucion reso_ restituit* restituzione devolvid* devolucao geretourneerd *reshipped teruggebracht | 1d 8d 40d | 0.85 | side
refund   | 59 | refund* refunded chargeback erstattet erstattung* rembours* reembols* rimbors* estornad* terugbetaal* terugbetaald credited reversed reversal | 1h 5d 30d | 0.9 | side
cancel   | 50 | cancel* canceled cancelled cancellation cncl storniert storno* annule annulation cancelad* cancelacion annullat* anulad* geannuleerd annuler* withdrawn withdrawal_ aborted voided void abgebrochen bounced bounce noshow abgemeldet* | 10m 3d 40d | 0.92 | side
leave    | 60 | cessat* cessazione cesado ausgeschied* term terminat* terminated resign* resigned left leaving dismissed layoff separation churn* churned lapsed kuendigung* gekuendigt austritt* ausgetreten ausgeschieden abmeld* exmatrik* resili* demission baja cese despid* rescind* dimissioni licenziat* demitid* demissao rescis* opgezegd opzeg* uitdienst* uitschrij* deactivat* deactivated disabled deaktiviert desactivad* disattivat* desativad* default_ defaulted writeoff deregister* uitgeschreven afgemeld* abgemeldet inactive inactivat* uitstroom* | 30d 700d 4000d | 0.85 | last end
unsubscribe | 61 | unsubscribed unsubscribe optout abbestellt* desinscr* | 1h 20d 300d | 0.97 | side
signoff  | 57 | - | 0s 1d 10d | 0.12 | -
close    | 62 | dismiss* descontinu* offair abgeschaltet stillgelegt* dismessa close* closed closing closure geschlossen schliessung* geschlossen_ ferme fermeture cloture* cerrad* cierre chius* chiusura fechad* fechamento encerrad* gesloten sluit* discontinu* discontinued retired eol decommission* obsolete eingestellt_ abgekuendigt dropped delisted payoff cession* cede veraeusser* disposal disposed abgang ausbau* ausgebaut* abgebaut* abbau abgezogen abzug demontage* cession* cessione retirad* retirada ritirat* | 1h 5d 60d | 0.35 | last
reopen   | 63 | reopen* reopened wiedereroeffnet | 1h 5d 30d | 0.93 | side
# what is known of it now
first    | 40 | - | 0s 20d 300d | 0.08 | -
last     | 65 | - | 0s 200d 1500d | 0.08 | -
death    | 70 | death died deceased dod dead gestorben verstorben tod* sterbe* todes* deces fallecimiento fallecid* muerte morte decesso decedut* obito falecid* overlijden* overleden | 30d 2000d 9000d | 0.96 | last side
record   | 74 | - | 0s 10m 1d | 0.02 | record
delete   | 78 | bloquead* bloccat* bloque suspend* suspens* gesperrt* sospes* delet* deleted remov* removed geloescht loesch* supprim* eliminad* borrad* cancellat* excluid* verwijderd archiv* archived purged suspended blocked locked gesperrt | 1d 200d 1200d | 0.95 | side
update   | 80 | update* updated upd modif* modified modification chg changed change mod lastmod geaendert aenderung* aktualisiert* bearbeitet_am mis_a_jour maj modifie actualizad* actualizacion modificad* modificat* aggiornat* aggiornamento atualizad* atualizacao alterad* gewijzigd wijzig* bijgewerkt aedat revised refreshed touched synced_ aender* | 0s 20d 400d | 0.05 | record
load     | 90 | etl elt load* loaded dwh dw ingest* ingested batch imported import extract* extracted sync* synced synchron* replicat* replicated staged staging snapshot_load geladen ladedatum ladezeit* ladezeitpunkt charge_ charge_le cargad* carga caricat* caricamento carregad* geladen_ ldts stg warehouse_ fivetran | 1m 3h 2d | 0 | record
# what is known before it comes
due      | 40 | due deadline faellig* faelligkeit* echeance vencimiento vence scadenza vencimento verval* vervaldatum required needed maturity matur* *mat zahlungsziel* frist* limite plazo_ prazo termijn uiterlijk betaaltermijn | 5d 25d 60d | 0.03 | plan
next     | 72 | - | 1d 40d 365d | 0.1 | plan
expire   | 75 | expir* expires expired expiry expiration ablauf* ablaeuft gueltig_bis expire_le caduc* caducidad scad_ scadenza_ validade verlopen verloopt renewal renew* erneuerung* renovacion renouvel* rinnovo renovacao verleng* warranty_until | 30d 500d 1900d | 0.05 | plan
"""

PLANNED = frozenset(
    """planned plan plnd pln scheduled sched schd schedule expected estimated est eta promised prms promise
    requested desired target committed commit forecast projected proposed anticipated tentative soll geplant
    plantermin termin_ voraussichtlich erwartet zugesagt wunsch gewuenscht prevu prevue prevista previsto
    previsione planificado planificada programado programada estimado estimada prometido prometida deseada
    programmato programmata stimato stimata planejado planejada gepland geplande verwacht verwachte beloofd
    etd agendado agendada marcado marcada concertado concertada fissato fissata
    ingepland ingeplande afgesproken planifie planifiee programme programmee terminiert vereinbart gewenst required""".split()
)
"""Of what was meant to be."""

ACTUAL = frozenset(
    """actual actl act real realized tatsaechlich istzeit reel reelle effettivo effettiva reales efetivo
    efetiva werkelijk werkelijke definitive final""".split()
)
"""Of what came."""

TAILS = frozenset(
    """date dates time timestamp stamp ts dt dttm datetime tstamp at on day moment utc local gmt datum zeit
    zeitpunkt uhrzeit tag am um den le la les date heure horodatage jour quand fecha hora dia el en momento
    instante cuando data ora giorno il quando em no na dag tijd tijdstip op om the of de del di da do dos das
    des du der vom zum was is d t dte tm key sk row record my""".split()
)
"""Words that say that it is a moment, and no more."""

ORDINALS = {
    "first": "first",
    "frst": "first",
    "erste": "first",
    "erster": "first",
    "erstes": "first",
    "premier": "first",
    "premiere": "first",
    "primera": "first",
    "primer": "first",
    "prima": "first",
    "primo": "first",
    "primeira": "first",
    "primeiro": "first",
    "eerste": "first",
    "earliest": "first",
    "initial": "first",
    "last": "last",
    "latest": "last",
    "lst": "last",
    "recent": "last",
    "letzte": "last",
    "letzter": "last",
    "letztes": "last",
    "derniere": "last",
    "dernier": "last",
    "ultima": "last",
    "ultimo": "last",
    "laatste": "last",
    "previous": "last",
    "prev": "last",
    "next": "next",
    "naechste": "next",
    "naechster": "next",
    "prochaine": "next",
    "prochain": "next",
    "proxima": "next",
    "proximo": "next",
    "prossima": "next",
    "prossimo": "next",
    "volgende": "next",
    "upcoming": "next",
    "followup": "next",
}

LENGTHS = """
# words of what starts and ends | least mean most | plan: its end is known before it comes
trial probation probezeit prova prueba essai proeftijd periodo_prova                                                                   | 7d 14d 30d       | plan
warranty guarantee garantie garantia garanzia                                     | 330d 730d 1830d  | plan
employee employment staff worker teacher doctor physician nurse provider driver agent person user mitarbeiter empleado dipendente medewerker funcionario personal salarie collaborateur | 200d 1500d 6000d | -
store shop branch warehouse filiale tienda magasin negozio loja winkel account konto cuenta compte conto conta rekening customer member client user product article supplier vendor partner site plant brand | 300d 1800d 7000d | -
price tarif tariff rate salary wage cost exchange preis precio prix prezzo prijs version history historie scd validity valid | 30d 250d 900d | plan
contract subscription lease policy membership plan forfait coverage insurance vertrag abo abonnement contrato contrat contratto police poliza polizza apolice verzekering suscripcion licence license agreement mandate sla | 30d 365d 1800d | plan
loan mortgage credit kredit prestamo pret prestito lening bond                    | 360d 1500d 9000d | plan
project initiative program programme projekt proyecto projet progetto projeto     | 20d 120d 500d    | plan
campaign kampagne campana campagne campagna campanha flight_ad adset ad            | 14d 60d 200d     | plan
promotion promo promocao promocion promozione cupom cupon offer discount coupon deal sale aktion rabatt angebot oferta voucher | 3d 14d 60d    | plan
season term semester course enrollment saison schuljahr kurs curso cours corso cursus class_year registration | 30d 100d 200d | plan
sprint iteration                                                                  | 13d 14d 21d      | plan
auction listing auktion subasta                                                   | 2d 8d 30d        | plan
stay booking reservation hotel rental rent vacation absence leave holiday urlaub abwesenheit estancia reserva sejour soggiorno verblijf buchung boeking prenotazione vacaciones conge ferie verlof hire lending borrow | 1d 4d 21d | plan
admission admit encounter hospital inpatient hospitalization hospitalizaciones internacoes ricoveri aufenthalt hospitalizacion ricovero opname episode internacao | 4h 4d 40d | -
event show concert performance match game screening fixture gig play film movie konzert veranstaltung spiel concierto partido spectacle partita jogo wedstrijd evenement evento | 1h 150m 6h | plan
class lesson lecture meeting appointment interview lezione lezioni leccion lecciones lecon lecons aula aulas les lessen unterricht clase clases consultation termin cita rendezvous appuntamento consulta afspraak exam session_plan training workshop slot | 20m 1h 4h | plan
session visit sitzung sesion seance sessione sessao sessie pageview web stream login | 10s 12m 4h    | -
call phone anruf llamada appel chiamata chamada telefoongesprek chat conversation | 10s 5m 2h        | -
ride trip taxi drive route tour fahrt viaje trajet corsa corrida rit run_ jaunt   | 3m 22m 3h        | -
flight flug vuelo vol volo voo vlucht                                             | 40m 150m 14h     | -
shift work schicht turno equipe dienst attendance timesheet roster                | 3h 8h 12h        | -
parking gate weighbridge turnstile access zugang zutritt toegang acces acceso accesso acesso | 5m 70m 8h | -
leg voyage shipment transit transport haul delivery sendung envio                 | 1h 10h 4d        | -
maintenance repair service wartung mantenimiento manutenzione onderhoud           | 30m 5h 5d        | -
downtime outage stoerung stillstand job run batch task execution process load pipeline etl build | 5s 20m 12h | -
surgery operation procedure treatment behandlung operacion                        | 20m 2h 9h        | -
"""
"""How long things last, one line a kind."""

AS_DATES = "1d 45d 400d"
AS_TIMES = "5m 90m 10h"
"""How long other things last, by the type of their ends."""

AHEAD = frozenset(
    """event show concert performance match game screening class lesson lecture meeting appointment booking
    reservation campaign trip flight tour course project promotion session_plan shift exam interview workshop
    veranstaltung termin cita kurs curso auction fixture delivery_slot absence vacation leave""".split()
)
"""What is entered before it takes place; of other things a record is made when they have."""

HAPPENINGS = frozenset(
    """event show concert performance match game screening class lesson lecture meeting appointment flight
    course fixture play gig workshop tour veranstaltung konzert spiel termin kurs concierto partido funcion
    curso spectacle seance cours partita spettacolo corso jogo espetaculo wedstrijd voorstelling cursus
    evenement evento departure sailing cruise webinar conference exam auction slot""".split()
)
"""What people buy tickets for, or a place in."""

MEETINGS = frozenset(
    """appointment meeting lecture exam webinar conference interview termin cita rendezvous appuntamento afspraak
    consulta vorlesung pruefung""".split()
)
"""Those of them that are on workdays."""

BEFORE_IT = frozenset(
    """sale order ticket listing booking reservation registration signup enrollment list offer seat hold
    purchase cart invitation rsvp buchung verkauf karte anmeldung reserva venta entrada inscripcion reservation
    vente billet inscription prenotazione vendita biglietto iscrizione venda ingresso boeking verkoop
    inschrijving bid price waitlist promotion""".split()
)
"""What is done before a happening begins."""

AFTER_IT = frozenset(
    """pay review rating feedback survey refund return claim complaint invoice bill payment settlement payout
    reimbursement dispute chargeback appeal bewertung rechnung zahlung retoure erstattung factura pago
    devolucion reembolso resena facture paiement retour remboursement avis fattura pagamento reso rimborso
    recensione fatura devolucao avaliacao factuur betaling retourzending terugbetaling beoordeling""".split()
)
"""What may come after something has ended."""

ADULTS = frozenset(
    """customer employee member user client driver agent buyer seller account holder staff worker borrower
    applicant candidate teacher doctor physician nurse guest owner kunde mitarbeiter cliente empleado client
    dipendente medewerker klant funcionario subscriber host rider contact person""".split()
)
SMALL_ONES = frozenset(
    """patient child student pupil passenger insured beneficiary dependent paciente paziente patienten kind
    schueler player athlete animal pet dog cat horse cow cattle sheep goat pig livestock bird""".split()
)
"""Who may be of any age; others of whom a birth is known are adults."""

RIDES = frozenset("ride taxi rideshare cab rit corrida carrera".split())
"""What is asked for and over within the hour."""

MEAL = "meal"
"""What stands among the words of rows that are eaten, or ordered to be."""
EATEN_AT = frozenset(
    """restaurant menu dish meal cuisine pizzeria bistro diner takeaway trattoria osteria brasserie taverna
    canteen kitchen""".split()
)
"""Places and lists of what is eaten."""
EATEN = frozenset(
    """order sale ticket check receipt bill cover visit booking reservation sitting delivery transaction
    purchase basket cart meal""".split()
)
"""What is done there when people eat."""
ANIMALS = frozenset("animal pet dog cat horse cow cattle sheep goat pig livestock bird".split())
"""Who live for some years, and not as long as people."""

MACHINES = frozenset(
    """log logs logging reading readings scan scans sensor telemetry ping metric metrics etl batch heartbeat
    trace span request requests api audit measurement measurements signal iot device meter job run pipeline
    snapshot counter packet alarm messung sensordaten zaehlerstand lectura mesure misura medida meting cdc
    crawl poll monitoring""".split()
)
"""What machines write down, around the clock."""

ATTENDANCE = frozenset(
    """timesheet timecard attendance clocking timekeeping stundenzettel arbeitszeit zeiterfassung zeitbuchung
    stempelung pointage feuille_de_temps fichaje jornada timbratura presenza ponto prikklok urenstaat
    urenregistratie""".split()
)
"""Days of work: people come in the morning, from Monday to Friday."""

OFFICE = frozenset(
    """wholesale repair maintenance invoice bill contract claim policy loan account employee project purchase_order supplier vendor
    shipment payment payroll case opportunity lead quote proposal request approval requisition posting journal
    ledger salary tax audit department budget good goods lab laboratory specimen sample consultation rechnung vertrag angebot auftrag mitarbeiter factura contrato
    empleado facture contrat devis fattura contratto fatura factuur lieferschein production quality""".split()
)
"""What is done in offices, on weekdays."""

COUNTER = frozenset("sale sales receipt till cashier pos counter dispensing".split())
"""What is done in shops: by day, most on Saturdays and little on Sundays."""

NIGHT_TOO = frozenset(
    """admission encounter emergency incident accident call alert ticket stay shift flight outage patient
    hospital ambulance crash breakdown trip ride leg scan container vessel voyage train""".split()
)
"""What comes at any hour, though less by night."""

MASTERS = frozenset(
    """meter counter charger turbine picker packer sku material customer client member user account product article item store shop branch employee staff supplier
    vendor partner patient student teacher doctor driver vehicle machine device sensor asset equipment
    warehouse site plant location organization company advertiser merchant brand category department team
    person contact agent seller buyer host venue artist performer author publisher property room aircraft
    airport hotel restaurant school bank card carrier provider physician course book title movie film track
    game app service plan tariff promotion kunde mitarbeiter produkt artikel filiale lieferant geraet patient
    fahrzeug cliente empleado producto tienda proveedor anunciante usuario socio alumno paciente client
    produit magasin fournisseur salarie employe etudiant utilisateur prodotto negozio fornitore dipendente
    studente utente funcionario produto loja fornecedor aluno klant medewerker winkel leverancier leerling
    gebruiker player campaign policyholder insured subscriber listing_agent unit bed drug medicine vaccine
    ingredient""".split()
)
"""Who and what is there for years."""

PEOPLE = frozenset(
    """customer client member user account patient subscriber student guest player policyholder insured person
    advertiser merchant device sensor machine kunde patient geraet cliente usuario socio alumno anunciante
    paciente utilisateur etudiant utente studente paziente aluno klant gebruiker leerling employee card
    policy contract subscription""".split()
)
"""To whom most of what is written down happens."""

REGULAR = frozenset(
    """subscription policy contract lease loan membership agreement account mandate tenancy mortgage plan vertrag
    abo abonnement konto kredit police suscripcion contrato poliza cuenta prestamo contrat pret compte contratto
    polizza conto prestito assinatura apolice conta emprestimo polis rekening lening verzekering""".split()
)
"""What is billed, or paid for, again and again while it lasts."""

LASTING = frozenset(
    """lag durata_ duration dauer duree duracion durata duracao duur length los tenure transit trnst elapsed lead wait waiting
    turnaround tat hours hrs minutes mins seconds secs days stay delay latency runtime handling resolution
    response nights naechte noches nuits notti noites nachten processing age_days took""".split()
)
"""Words of what tells how long something was."""

UNITS = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "sekunden": "s", "segundos": "s",
    "secondes": "s", "secondi": "s", "ms": "ms", "millis": "ms", "milliseconds": "ms", "min": "min",
    "mins": "min", "minute": "min", "minutes": "min", "minuten": "min", "minutos": "min", "minuti": "min",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "stunden": "h", "heures": "h", "horas": "h",
    "ore": "h", "uren": "h", "d": "d", "day": "d", "days": "d", "tage": "d", "jours": "d", "dias": "d",
    "giorni": "d", "dagen": "d", "nights": "d", "naechte": "d", "nuits": "d", "noches": "d", "notti": "d",
    "noites": "d", "nachten": "d", "week": "w", "weeks": "w", "wochen": "w", "month": "mon", "months": "mon",
    "monate": "mon", "mois": "mon", "meses": "mon", "mesi": "mon", "maanden": "mon", "year": "y",
    "years": "y", "yrs": "y", "jahre": "y", "ans": "y", "annees": "y", "anos": "y", "anni": "y", "jaren": "y",
    "tat": "h",
}  # fmt: skip
"""Units of time, as names of columns write them."""

VERSIONS = frozenset(
    """valid gueltig history historie historial historique storico historico version versions versioned price
    tariff rate salary wage effective eff scd assignment preis gehalt prix salaire precio sueldo prezzo
    stipendio preco salario prijs tarief""".split()
)
"""What one thing has one after another: each until the next one begins."""

CURRENT = frozenset("current aktuell actual vigente attuale atual huidig latest active".split())
"""Of the version that has not ended."""

LOGS = frozenset(
    """lettura letture lectura lecturas mesure mesures messung messungen zaehlerstand meting history log logs change transition audit event events reading readings scan scans ping measurement status
    tracking trail telemetry metric message comment note posting movement activity entry installment instalment historie protokoll
    verlauf historial historique storico historico""".split()
)
"""What is written down one entry after another."""

FORWARD = frozenset("next successor replaced replacement child superseded new nachfolger siguiente".split())
"""Of a row that comes after this one."""

MONTHLY = frozenset("month monthly monat mes mois mese maand period".split())
OFFERS = frozenset(
    "promotion promo coupon voucher cupom cupon promocion promocao promozione aktion gutschein".split()
)
"""What few rows have, if they have a reference to one."""

AS_LEGS = frozenset(
    """leg segment hop section stage operation step transfer movement arbeitsgang etappe abschnitt verlegung
    teilstrecke tramo segmento etapa trecho troncon etape tappa tratta traject transfert traslado
    trasferimento operacion operazione operacao bewerking""".split()
)
"""Last words of tables whose rows are parts of one way, one after another."""

AS_STOPS = frozenset("stop halt halte parada arret fermata paragem stopp haltestelle".split())
"""The same, where one first arrives and then departs."""

WITHOUT_GAPS = frozenset("transfer movement verlegung transfert traslado trasferimento".split())
"""Of parts each of which begins when the one before ends."""

NUMBERED = frozenset(
    """number seq sequence no nr num nbr lfd position pos index order idx step leg stop numero ordre orden
    ordine ordem volgnr volgnummer reihenfolge line""".split()
)
"""Words of a number that rises with time."""

WHERE_FROM = frozenset(
    """origin orig from source src departure depart dep von ab abgang start desde origen partida salida
    van vertrek herkunft depuis origine partenza provenienza origem loading pol""".split()
)
WHERE_TO = frozenset(
    """destination dest to target arrival arr nach ziel bis hasta destino llegada chegada arrivo destinazione
    naar aankomst vers arrivee unloading pod end""".split()
)
"""Words of where something begins, and where it ends."""

DOINGS = frozenset(
    """login signin logon seen activity active visit access session use used online connection connected sync
    heartbeat ping played interaction anmeldung connexion acceso accesso conexion inloggen visite visita
    bezoek besuch activite actividad attivita atividade aktivitaet""".split()
)
"""What somebody does last of all: beside it nothing else comes later."""

STILL_THERE = frozenset(
    "active actv activ aktiv actif active_flag activo activa attivo attiva ativo ativa actief enabled".split()
)
"""Words of a flag that says that something still goes on."""

GONE = frozenset(
    """inactive closed blocked deleted terminated churned disabled cancelled deactivated retired left dormant
    lapsed former""".split()
)
"""Statuses of somebody to whom nothing happens any more."""
