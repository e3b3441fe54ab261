select
    s.stay_id,
    s.patient_id,
    s.ward as ward_code,
    w.ward as ward_name,
    s.severity,
    s.discharged_on - s.admitted_on as nights
from {{ source('hospital', 'stays') }} as s
left join {{ ref('wards') }} as w on w.code = s.ward
