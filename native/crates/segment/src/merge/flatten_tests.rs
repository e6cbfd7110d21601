use super::*;
use arrow_array::{Int64Array, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{Field, Fields};

fn list(item: FieldRef, ends: &[i32], values: ArrayRef, valid: Option<Vec<bool>>) -> ListArray {
    let offsets = OffsetBuffer::new(ScalarBuffer::from(ends.to_vec()));
    ListArray::new(item, offsets, values, valid.map(NullBuffer::from))
}

fn objects(of: &ArrayRef, valid: Option<Vec<bool>>) -> (FieldRef, ArrayRef) {
    let members = Fields::from(vec![Field::new("m", of.data_type().clone(), true)]);
    let objects = StructArray::new(members, vec![of.clone()], valid.map(NullBuffer::from));
    (Arc::new(Field::new("element", objects.data_type().clone(), true)), Arc::new(objects))
}

fn shown(values: &ArrayRef) -> Vec<Option<Vec<i64>>> {
    let rows = values.as_list::<i32>().iter();
    let numbers = |row: ArrayRef| row.as_primitive::<arrow_array::types::Int64Type>().values().to_vec();
    rows.map(|row| row.map(numbers)).collect()
}

#[test]
fn rows_without_a_list_stay_without_and_what_is_missing_adds_nothing() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3), Some(4), Some(5)]));
    let (item, objects) = objects(&numbers, Some(vec![true, true, true, false, true]));
    let rows: ArrayRef = Arc::new(list(item, &[0, 2, 2, 2, 5], objects, Some(vec![true, false, true, true])));
    let flat = flattened(&rows, 1).expect("flat");
    assert_eq!(shown(&flat), [Some(vec![1]), None, Some(vec![]), Some(vec![3, 5])]);
    assert_eq!(flat_type(rows.data_type(), 1).map(DataType::List).as_ref(), Some(flat.data_type()));
}

#[test]
fn lists_of_values_and_of_objects_are_joined() {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=6));
    let item = Arc::new(Field::new("element", DataType::Int64, true));
    let lists: ArrayRef =
        Arc::new(list(item, &[0, 2, 2, 3, 6], numbers, Some(vec![true, false, true, true])));
    let (inner, parts) = objects(&lists, None);
    let outer: ArrayRef = Arc::new(list(inner, &[0, 2, 3, 4], parts, None));
    assert_eq!(
        shown(&flattened(&outer, 1).expect("flat")),
        [Some(vec![1, 2]), Some(vec![3]), Some(vec![4, 5, 6])]
    );

    let (item, replies) = objects(&outer, None);
    let rows: ArrayRef = Arc::new(list(item, &[0, 1, 1, 3], replies, None));
    let flat = flattened(&rows, 2).expect("flat");
    assert_eq!(shown(&flat), [Some(vec![1, 2]), Some(vec![]), Some(vec![3, 4, 5, 6])]);
    assert_eq!(flat_type(rows.data_type(), 2).map(DataType::List).as_ref(), Some(flat.data_type()));
}

#[test]
fn what_holds_no_objects_is_refused() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    assert!(flattened(&numbers, 1).is_err());
    let item = Arc::new(Field::new("element", DataType::Int64, true));
    let rows: ArrayRef = Arc::new(list(item, &[0, 1], numbers, None));
    assert!(flattened(&rows, 1).is_err());
    assert_eq!(flat_type(rows.data_type(), 1), None);
}
