//! The columns that all segments of a merge have together, and values of one type as another.

use super::flatten::flat_type;
use super::input::Input;
use super::{FlatColumn, element};
use crate::writer::SegmentError;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, ListArray, StructArray, new_null_array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};
use std::collections::HashMap;
use std::sync::Arc;

/// A column of the result.
pub(super) struct Column {
    pub field: FieldRef,
    /// Where its values come from in a segment that has no such column.
    pub flat: Option<FlatColumn>,
}

/// The columns in order of first appearance, the flat ones that no segment had at the end.
pub(super) struct Union {
    columns: Vec<Column>,
}

impl Union {
    pub fn of(inputs: &[Input], flat: &[FlatColumn]) -> Result<Self, SegmentError> {
        let mut columns = Gathered::default();
        for input in inputs {
            for field in input.schema().fields() {
                columns.add(field, None)?;
            }
        }
        for column in flat {
            for input in inputs.iter().filter(|input| input.schema().index_of(&column.name).is_err()) {
                let Some(schema) = input.flat_schema(column)? else { continue };
                let objects = schema.fields().first().map(|field| field.data_type().clone());
                let item = objects.and_then(|objects| flat_type(&objects, column.members.len()));
                let item = item.ok_or_else(|| input.damaged(format!("{} holds no objects", column.list)))?;
                columns.add(&Field::new(&column.name, DataType::List(item), true), Some(column))?;
            }
            if !columns.places.contains_key(&column.name) {
                let item = Arc::new(column.values.field());
                columns.add(&Field::new(&column.name, DataType::List(item), true), None)?;
            }
        }
        Ok(Self { columns: columns.finish(inputs) })
    }

    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter()
    }

    pub fn fields(&self) -> impl Iterator<Item = &FieldRef> {
        self.columns.iter().map(|column| &column.field)
    }
}

#[derive(Default)]
struct Gathered {
    fields: Vec<(Field, Option<FlatColumn>)>,
    places: HashMap<String, usize>,
}

impl Gathered {
    fn add(&mut self, field: &Field, flat: Option<&FlatColumn>) -> Result<(), SegmentError> {
        let known = self.places.get(field.name()).and_then(|at| self.fields.get_mut(*at));
        let Some((known, known_flat)) = known else {
            self.places.insert(field.name().clone(), self.fields.len());
            self.fields.push((canonical(field), flat.cloned()));
            return Ok(());
        };
        if known_flat.is_none() {
            *known_flat = flat.cloned();
        }
        *known = united(known, field).ok_or_else(|| SegmentError::Unlike {
            column: field.name().clone(),
            one: known.data_type().to_string(),
            other: field.data_type().to_string(),
        })?;
        Ok(())
    }

    /// The columns; one that a segment lacks has nulls.
    fn finish(self, inputs: &[Input]) -> Vec<Column> {
        let everywhere = |name: &str| inputs.iter().all(|input| input.schema().index_of(name).is_ok());
        let column = |(field, flat): (Field, Option<FlatColumn>)| {
            let nullable = field.is_nullable() || !everywhere(field.name());
            Column { field: Arc::new(field.with_nullable(nullable)), flat }
        };
        self.fields.into_iter().map(column).collect()
    }
}

/// A field whose lists are called as ours are.
fn canonical(field: &Field) -> Field {
    let data_type = match field.data_type() {
        DataType::List(item) => DataType::List(Arc::new(element(&canonical(item)))),
        DataType::Struct(members) => {
            DataType::Struct(members.iter().map(|member| Arc::new(canonical(member))).collect())
        }
        other => other.clone(),
    };
    field.clone().with_data_type(data_type)
}

/// A field that takes the values of both; none when no type does.
fn united(one: &Field, other: &Field) -> Option<Field> {
    let data_type = match (one.data_type(), other.data_type()) {
        (DataType::List(a), DataType::List(b)) => DataType::List(Arc::new(element(&united(a, b)?))),
        (DataType::Struct(a), DataType::Struct(b)) => DataType::Struct(united_members(a, b)?),
        (a, b) if a == b => a.clone(),
        (DataType::Int32, DataType::Int64) | (DataType::Int64, DataType::Int32) => DataType::Int64,
        (DataType::Float64, DataType::Int32 | DataType::Int64)
        | (DataType::Int32 | DataType::Int64, DataType::Float64) => DataType::Float64,
        _ => return None,
    };
    let nullable = one.is_nullable() || other.is_nullable();
    Some(one.clone().with_data_type(data_type).with_nullable(nullable))
}

fn united_members(one: &Fields, other: &Fields) -> Option<Fields> {
    let in_one = one.iter().map(|member| match other.find(member.name()) {
        Some((_, same)) => united(member, same),
        None => Some(canonical(member).with_nullable(true)),
    });
    let more = other.iter().filter(|member| one.find(member.name()).is_none());
    let more = more.map(|member| Some(canonical(member).with_nullable(true)));
    in_one.chain(more).map(|member| member.map(Arc::new)).collect()
}

/// `values` as `target`, a type that [`united`] made of theirs and others.
pub(super) fn adapted(values: &ArrayRef, target: &DataType) -> Result<ArrayRef, ArrowError> {
    if values.data_type() == target {
        return Ok(values.clone());
    }
    if let (DataType::List(_), DataType::List(item)) = (values.data_type(), target) {
        let list = values.as_list::<i32>();
        let inner = adapted(list.values(), item.data_type())?;
        let list = ListArray::try_new(item.clone(), list.offsets().clone(), inner, list.nulls().cloned())?;
        return Ok(Arc::new(list));
    }
    if let (DataType::Struct(_), DataType::Struct(members)) = (values.data_type(), target) {
        let objects = values.as_struct();
        let members_of = members.iter().map(|member| match objects.column_by_name(member.name()) {
            Some(inner) => adapted(inner, member.data_type()),
            None => Ok(new_null_array(member.data_type(), objects.len())),
        });
        let columns = members_of.collect::<Result<Vec<_>, _>>()?;
        let objects = StructArray::try_new(members.clone(), columns, objects.nulls().cloned())?;
        return Ok(Arc::new(objects));
    }
    if let (Some(numbers), DataType::Int64) = (values.as_primitive_opt::<Int32Type>(), target) {
        return Ok(Arc::new(numbers.unary::<_, Int64Type>(i64::from)));
    }
    if let (Some(numbers), DataType::Float64) = (values.as_primitive_opt::<Int32Type>(), target) {
        return Ok(Arc::new(numbers.unary::<_, Float64Type>(f64::from)));
    }
    if let (Some(numbers), DataType::Float64) = (values.as_primitive_opt::<Int64Type>(), target) {
        return Ok(Arc::new(numbers.unary::<_, Float64Type>(|number| number as f64)));
    }
    Err(ArrowError::CastError(format!("{} is no {target}", values.data_type())))
}
