//! Members of objects as lists of values.

use super::element;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray, UInt32Array};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, FieldRef};
use arrow_select::take::take;
use std::sync::Arc;

/// The type of [`flattened`] over a type of objects that have one member each.
pub(super) fn flat_type(objects: &DataType, depth: usize) -> Option<FieldRef> {
    let DataType::List(item) = objects else { return None };
    let DataType::Struct(members) = item.data_type() else { return None };
    let member = members.first()?;
    let values = match member.data_type() {
        DataType::List(inner) => inner,
        _ => member,
    };
    if depth > 1 {
        return flat_type(&DataType::List(values.clone()), depth - 1);
    }
    // A row has the values that there are: what is missing is left out.
    Some(Arc::new(element(values).with_nullable(false)))
}

/// The values of the only member of all objects of a row as one list, the member being `depth` lists of objects down.
/// A row without the list stays without; objects without the member add nothing.
pub(super) fn flattened(objects: &ArrayRef, depth: usize) -> Result<ArrayRef, ArrowError> {
    let wrong = |what: &str| ArrowError::SchemaError(format!("a list of objects holds {what}"));
    let mut list = objects.as_list_opt::<i32>().ok_or_else(|| wrong("no list"))?.clone();
    for _ in 0..depth {
        let of = list.values().as_struct_opt().ok_or_else(|| wrong("no objects"))?;
        let member = of.columns().first().ok_or_else(|| wrong("no member"))?;
        list = below(&list, member)?;
    }
    Ok(Arc::new(list))
}

/// The values of `member`, one or a list of them for each object of `list`, by row.
fn below(list: &ListArray, member: &ArrayRef) -> Result<ListArray, ArrowError> {
    let inner = member.as_list_opt::<i32>();
    let mut taken: Vec<u32> = Vec::with_capacity(member.len());
    let mut ends = Vec::with_capacity(list.len() + 1);
    ends.push(0);
    for row in 0..list.len() {
        let bounds = list.value_offsets().get(row..row + 2);
        let objects = match bounds {
            Some(&[start, end]) if list.is_valid(row) => start as usize..end as usize,
            _ => 0..0,
        };
        for object in objects.filter(|object| list.values().is_valid(*object) && member.is_valid(*object)) {
            match inner {
                None => taken.push(object as u32),
                Some(inner) => {
                    if let Some(&[start, end]) = inner.value_offsets().get(object..object + 2) {
                        let values = start as usize..end as usize;
                        let present = values.filter(|value| inner.values().is_valid(*value));
                        taken.extend(present.map(|value| value as u32));
                    }
                }
            }
        }
        ends.push(i32::try_from(taken.len()).map_err(|_| ArrowError::OffsetOverflowError(taken.len()))?);
    }
    let values = inner.map_or(member, |inner| inner.values());
    let values = take(values.as_ref(), &UInt32Array::from(taken), None)?;
    let of = match list.data_type() {
        DataType::List(item) => match item.data_type() {
            DataType::Struct(members) => members.first().cloned(),
            _ => None,
        },
        _ => None,
    };
    let of = of.ok_or_else(|| ArrowError::SchemaError("a list of objects holds none".to_owned()))?;
    let of = match of.data_type() {
        DataType::List(inner) => inner.clone(),
        _ => of,
    };
    let field = Arc::new(element(&of).with_nullable(false));
    ListArray::try_new(field, OffsetBuffer::new(ScalarBuffer::from(ends)), values, list.nulls().cloned())
}

#[cfg(test)]
#[path = "flatten_tests.rs"]
mod tests;
