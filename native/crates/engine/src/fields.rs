//! The field catalogue of this build.

/// `schema/fields.json` as text.
pub fn catalogue_json() -> String {
    let specs = lookback_session::core_fields::RECORD
        .iter()
        .chain(lookback_session::core_fields::GENERAL)
        .chain(lookback_flow::flow::FIELDS)
        .copied()
        .chain(lookback_protocols::fields());
    lookback_segment::field_catalogue_json(specs)
}
