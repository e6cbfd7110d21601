//! Values that an operator gives to sessions (Arkime's `interfaceOps`): a field and its value each.

use crate::core_fields::RECORD;
use crate::field::{FieldSpec, Kind, Shape};
use crate::value::{Address, Fields, MAX_TEXT_BYTES, Value};
use std::net::IpAddr;

/// One value for a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    field: &'static FieldSpec,
    value: Value,
}

impl Assignment {
    /// Reads the value of a field as an expression would write it, without quotes.
    ///
    /// # Errors
    /// Why the field takes no value, or not this one, in words.
    pub fn parse(field: &'static FieldSpec, text: &str) -> Result<Self, &'static str> {
        if RECORD.contains(&field) {
            return Err("is what a session is known by, and counted from its packets");
        }
        if field.shape == Shape::Objects || !field.object.is_empty() {
            return Err("is a part of objects, which take no single value");
        }
        if text.is_empty() || text.len() > MAX_TEXT_BYTES {
            return Err("needs a value of 1 to 16,384 bytes");
        }
        let value = match field.kind {
            Kind::Integer | Kind::Seconds => {
                Value::Integer(text.parse().map_err(|_| "takes a whole number")?)
            }
            Kind::Float => text
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map(Value::Float)
                .ok_or("takes a decimal number")?,
            Kind::Ip => Value::Ip(address(text).ok_or("takes an address")?),
            Kind::Boolean => Value::Boolean(match text {
                "true" => true,
                "false" => false,
                _ => return Err("takes true or false"),
            }),
            Kind::Term | Kind::Text => Value::Text(text.into()),
            Kind::LowerTerm => Value::Text(text.to_lowercase().into()),
            Kind::UpperTerm => Value::Text(text.to_uppercase().into()),
        };
        Ok(Self { field, value })
    }

    /// Gives the value to a session, following the field's shape.
    pub fn apply(&self, fields: &mut Fields) {
        match &self.value {
            Value::Integer(number) => {
                fields.add_integer(self.field, *number);
            }
            Value::Float(number) => fields.set_float(self.field, *number),
            Value::Boolean(yes) => fields.set_boolean(self.field, *yes),
            Value::Text(text) => {
                fields.add_text(self.field, text);
            }
            Value::Ip(address) => {
                fields.add_ip(self.field, *address);
            }
            // `parse` makes single values only.
            Value::Integers(_) | Value::Texts(_) | Value::Ips(_) | Value::Objects(_) => {}
        }
    }
}

/// IPv4 as IPv4-mapped IPv6.
fn address(text: &str) -> Option<Address> {
    Some(match text.parse().ok()? {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core_fields::{OUTER_SOURCE_IP, PACKETS, TAGS, USER, VLAN};

    #[test]
    fn values_are_read_by_the_kind_of_their_field() {
        let mut fields = Fields::new();
        for (field, text) in [
            (&TAGS, "Outside"),
            (&TAGS, "Outside"),
            (&TAGS, "dmz"),
            (&USER, "Alice"),
            (&VLAN, "12"),
            (&OUTER_SOURCE_IP, "10.0.0.1"),
        ] {
            Assignment::parse(field, text).expect("a value").apply(&mut fields);
        }
        assert_eq!(fields.texts(&TAGS).collect::<Vec<_>>(), ["Outside", "dmz"]);
        assert_eq!(fields.text(&USER), Some("alice"));
        assert_eq!(fields.get(&VLAN), Some(Value::Integers(vec![12])));
        let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1];
        assert_eq!(fields.get(&OUTER_SOURCE_IP), Some(Value::Ips(vec![mapped])));
        for (field, text) in [(&VLAN, "twelve"), (&OUTER_SOURCE_IP, "10.0.0"), (&TAGS, ""), (&PACKETS, "3")] {
            assert!(Assignment::parse(field, text).is_err(), "{text:?}");
        }
    }
}
