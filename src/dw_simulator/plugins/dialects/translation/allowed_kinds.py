"""Which nodes of a query's tree are let through, by sqlglot's keys: what reads, and what only computes.

What is not here is refused, so that a later sqlglot that reads more lets no more through.
"""

KINDS = frozenset(
    """
    add adjacent alias aliases all any atindex attimezone between bitstring bitwiseand bitwiseleftshift
    bitwisenot bitwiseor bitwiserightshift bitwisexor boolean bracket bytestring column columndef
    connect cte cube datatype datatypeparam distance distinct div dot dpipe eq escape except extendsleft
    extendsright fetch filter final formatjson from fromtimezone glob group groupingsets gt gte having
    havingmax heredoc hexstring identifier ignorenulls ilike in intdiv intersect interval intervalop
    intervalspan is join json jsoncolumndef jsonextractquote jsonkeyvalue jsonpath jsonpathfilter
    jsonpathkey jsonpathpart jsonpathrecursive jsonpathroot jsonpathscript jsonpathselector
    jsonpathslice jsonpathsubscript jsonpathunion jsonpathwildcard jsonschema jsonvalue kwarg lambda
    lateral like limit limitoptions literal lt lte matchrecognize matchrecognizemeasure mod mul national
    neg neq not null nullsafeeq nullsafeneq offset oncondition order ordered overflowtruncatebehavior
    overlaps paren pivot pivotalias pivotany positionalcolumn prior propertyeq qualify rawstring
    recursivewithsearch respectnulls rollup select similarto slice star sub subquery table tablealias
    tablefromrows tablesample timeunit tuple unicodestring union unpivotcolumns values var variadic
    where window windowspec with withingroup
    """.split()
)
"""Parts of a query that are no functions."""
COMPUTING = frozenset(
    """
    abs acos acosh addmonths agg and anyvalue approxdistinct approximatesimilarity
    approxpercentileaccumulate approxpercentilecombine approxpercentileestimate approxquantile
    approxquantiles approxtopk approxtopkaccumulate approxtopkcombine approxtopkestimate approxtopsum
    argmax argmin array arrayagg arrayall arrayany arrayappend arraycompact arrayconcat arrayconcatagg
    arrayconstructcompact arraycontainedby arraycontains arraycontainsall arraydistinct arrayexcept
    arrayfilter arrayfirst arrayinsert arrayintersect arraylast arraymax arraymin arrayoverlaps
    arrayposition arrayprepend arrayremove arrayremoveat arrayreverse arraysize arrayslice arraysort
    arraysum arrayszip arraytostring arrayunionagg arrayuniqueagg ascii asin asinh atan atan2 atanh avg
    base64decodebinary base64decodestring base64encode bitlength bitmapbitposition bitmapbucketnumber
    bitmapconstructagg bitmapcount bitmaporagg bitwiseandagg bitwisecount bitwiseoragg bitwisexoragg
    booland boolnot boolor boolxoragg bytelength case cast casttostrtype cbrt ceil checkjson checkxml
    chr cityhash64 coalesce codepointstobytes codepointstostring collate collation compress concat
    concatws connectbyroot contains convert converttimezone converttocharset corr cos cosh
    cosinedistance cot coth count countif covarpop covarsamp csc csch cumedist currentdate
    currentdatetime currenttime currenttimestamp currenttimestampltz currenttimezone date dateadd
    datebin datediff datefromparts datefromunixdate datestrtodate datesub datetime datetimeadd
    datetimediff datetimesub datetimetrunc datetodatestr datetodi datetrunc day dayname dayofmonth
    dayofweek dayofweekiso dayofyear decode decodecase decompressbinary decompressstring degrees
    denserank ditodate dotproduct elt encode endswith equalnull euclideandistance exists exp explode
    explodinggenerateseries extract factorial farmfingerprint first firstvalue flatten float64 floor
    format frombase frombase32 frombase64 fromiso8601date fromiso8601timestamp fromiso8601timestampnanos
    fromjson generatedatearray generateseries generatetimestamparray generator getbit getextract
    getignorecase greatest groupconcat grouping groupingid hashagg hex hexdecodestring hll host hour if
    initcap inline int64 isarray isascii isinf isnan isnullvalue jarowinklersimilarity jsonarray
    jsonarrayagg jsonarrayappend jsonarraycontains jsonarrayinsert jsonbcontains jsonbcontainsalltopkeys
    jsonbcontainsanytopkeys jsonbcontainstopkey jsonbdeleteatpath jsonbexists jsonbextract
    jsonbextractscalar jsonbobjectagg jsonbool jsonbpathexists jsoncast jsonexists jsonextract
    jsonextractarray jsonextractscalar jsonformat jsonkeys jsonkeysatdepth jsonobject jsonobjectagg
    jsonremove jsonset jsonstripnulls jsontable jsontype jsonvaluearray justifydays justifyhours
    justifyinterval kurtosis lag last lastday lastvalue laxbool laxfloat64 laxint64 laxstring lead least
    left length levenshtein list ln localtime localtimestamp log logicaland logicalor lower lowerhex
    makeinterval manhattandistance map mapcat mapcontainskey mapdelete mapfromentries mapinsert mapkeys
    mappick mapsize max md5 md5digest md5numberlower64 md5numberupper64 median min minhash
    minhashcombine minute mode month monthname monthsbetween nanvl negative nextday normal normalize
    nthvalue ntile nullif numbertostr nvl2 objectagg objectinsert objecttransform or overlay pad
    parsebignumeric parsedatetime parseip parsejson parsenumeric parsetime parseurl percentilecont
    percentiledisc percentrank pi posexplode posexplodeouter pow previousday quantile quarter radians
    rand randn randstr rangebucket rangen rank reduce regdomain regexpcount regexpextract
    regexpextractall regexpfullmatch regexpilike regexpinstr regexplike regexpreplace regexpsplit
    regexpsubstr regravgx regravgy regrcount regrintercept regrr2 regrslope regrsxx regrsxy regrsyy
    regrvalx regrvaly repeat replace reverse right rint round rownumber rtrimmedlength safeadd
    safeconvertbytestostring safedivide safemultiply safenegate safesubtract search searchip sec sech
    second seq1 seq2 seq4 seq8 sha sha1digest sha2 sha2digest shuffle sign sin sinh skewness sortarray
    soundex soundexp123 space split splitpart splittotable sqrt stack standardhash starmap startswith
    stddev stddevpop stddevsamp stdistance stpoint string stringtoarray stripnullvalue strposition
    strtodate strtok strtoktoarray strtomap strtotime strtounix struct structextract stuff substring
    substringindex sum systimestamp tan tanh time timeadd timediff timefromparts timeslice timestamp
    timestampadd timestampdiff timestampfromparts timestampltzfromparts timestampsub timestamptrunc
    timestamptzfromparts timestrtodate timestrtotime timestrtounix timesub timetostr timetotimestr
    timetounix timetrunc toarray tobase32 tobase64 tobinary toboolean tochar tocodepoints todays
    todecfloat todouble tomap tonumber tovariant transform translate trim trunc try
    trybase64decodebinary trybase64decodestring trycast tryhexdecodebinary tryhexdecodestring
    trytodecfloat tsorditodi tsordsadd tsordsdiff tsordstodate tsordstodatestr tsordstodatetime
    tsordstotime tsordstotimestamp typeof unhex unicode uniform unixdate unixmicros unixmillis
    unixseconds unixtostr unixtotime unixtotimestr unnest upper utcdate utctime utctimestamp uuid
    variance variancepop varmap week weekofyear weekstart weightstring widthbucket xmlget xor year
    yearofweek yearofweekiso zipf
    """.split()
)
"""Functions that sqlglot has a class for, whatever the warehouse calls them."""
TYPES = frozenset(
    """
    ARRAY BIGDECIMAL BIGINT BINARY BIT BLOB BOOLEAN BPCHAR CHAR DATE DATEMULTIRANGE DATERANGE DATETIME
    DATETIME2 DATETIME64 DECFLOAT DECIMAL DOUBLE FLOAT GEOGRAPHY GEOMETRY HLLSKETCH INET INT INT128
    INT4MULTIRANGE INT4RANGE INT8MULTIRANGE INT8RANGE INTERVAL IPADDRESS IPPREFIX JSON JSONB LIST
    LONGTEXT MAP MEDIUMINT MEDIUMTEXT MONEY NCHAR NULL NUMMULTIRANGE NUMRANGE NVARCHAR OBJECT POINT
    POLYGON SMALLDATETIME SMALLINT STRUCT SUPER TEXT TIME TIMESTAMP TIMESTAMPLTZ TIMESTAMPNTZ
    TIMESTAMPTZ TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_S TIMETZ TIME_NS TINYINT TINYTEXT TSMULTIRANGE
    TSRANGE TSTZMULTIRANGE TSTZRANGE UBIGINT UINT USMALLINT UTINYINT UUID VARBINARY VARCHAR VARIANT
    VECTOR
    """.split()
)
"""What values may be cast to. Others are somebody's own, or look things up, as PostgreSQL's REGCLASS does."""
QUERIES = frozenset({"select", "union", "intersect", "except", "subquery", "values"})
"""What a statement may be."""
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})
"""What PostgreSQL's tables have besides their columns."""
SYSTEM_WORDS = frozenset({"user", "current_user", "session_user", "current_role", "current_catalog"})
"""Functions that are written like columns, and that sqlglot may take for some."""
