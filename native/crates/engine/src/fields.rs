//! The field catalogue of this build.

use crate::located;
use lookback_session::{FieldSpec, core_fields};

/// Every declared field: the record's, the general ones, those of places, the flow's, the protocols'.
pub fn declared() -> impl Iterator<Item = &'static FieldSpec> {
    core_fields::RECORD
        .iter()
        .chain(core_fields::GENERAL)
        .chain(lookback_places::FIELDS)
        .chain(lookback_flow::flow::FIELDS)
        .copied()
        .chain(lookback_protocols::fields())
        .chain(located::FIELDS.iter().copied())
}

/// `schema/fields.json` as text.
pub fn catalogue_json() -> String {
    lookback_segment::field_catalogue_json(declared())
}
