//! Conversion of bodies to BSON and back. Not left to the driver, because its conversion interprets keys such as
//! `$date` as types.

use model::{Timestamp, events::DomainEvent, ids::EventId};
use mongodb::bson::{Bson, DateTime, Document as BsonDocument, RawDocumentBuf, doc};
use serde_json::{Map, Value};

use crate::{
    StoreError, StoreResult,
    documents::{Change, Document, PendingEvent},
};

pub(super) fn to_bson(value: &Value) -> StoreResult<Bson> {
    Ok(match value {
        Value::Null => Bson::Null,
        Value::Bool(flag) => Bson::Boolean(*flag),
        Value::String(text) => Bson::String(text.clone()),
        Value::Array(items) => Bson::Array(items.iter().map(to_bson).collect::<StoreResult<_>>()?),
        Value::Object(fields) => Bson::Document(to_document(fields)?),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Bson::Int64(whole),
            (None, Some(float)) if number.is_f64() => Bson::Double(float),
            _ => return Err(StoreError::Internal(format!("BSON cannot represent the number {number}"))),
        },
    })
}

fn to_document(fields: &Map<String, Value>) -> StoreResult<BsonDocument> {
    fields.iter().map(|(name, value)| Ok((name.clone(), to_bson(value)?))).collect()
}

fn to_json(value: Bson) -> StoreResult<Value> {
    Ok(match value {
        Bson::Null => Value::Null,
        Bson::Boolean(flag) => Value::Bool(flag),
        Bson::String(text) => Value::String(text),
        Bson::Int32(number) => number.into(),
        Bson::Int64(number) => number.into(),
        Bson::Double(number) => number.into(),
        Bson::Array(items) => items.into_iter().map(to_json).collect::<StoreResult<_>>()?,
        Bson::Document(fields) => fields
            .into_iter()
            .map(|(name, value)| Ok((name, to_json(value)?)))
            .collect::<StoreResult<Map<_, _>>>()?
            .into(),
        other => return Err(StoreError::corrupt(format!("BSON {:?}", other.element_type()))),
    })
}

/// A document in the driver's raw form.
pub(super) fn raw(document: &BsonDocument) -> StoreResult<RawDocumentBuf> {
    RawDocumentBuf::try_from(document).map_err(|error| StoreError::Internal(error.to_string()))
}

/// The fields that a write sets: all except id and events.
pub(super) fn fields(document: &Document) -> StoreResult<BsonDocument> {
    Ok(doc! { "version": document.version, "keys": &document.keys, "body": to_bson(&document.body)? })
}

pub(super) fn time(at: Timestamp) -> Bson {
    DateTime::from_millis(at.timestamp_millis()).into()
}

pub(super) fn events(events: &[PendingEvent]) -> StoreResult<Vec<Bson>> {
    let event = |event: &PendingEvent| {
        let body = serde_json::to_value(&event.event).map_err(StoreError::corrupt)?;
        Ok(doc! { "id": event.id.uuid().to_string(), "event": to_bson(&body)? }.into())
    };
    events.iter().map(event).collect()
}

pub(super) fn document(mut found: BsonDocument) -> StoreResult<Document> {
    let id = text(&mut found, "_id")?;
    let corrupt = |what: &str| StoreError::corrupt(format!("document {id}: {what}"));
    let expires_at = found
        .get_datetime("expires_at")
        .ok()
        .copied()
        .and_then(|at| Timestamp::from_timestamp_millis(at.timestamp_millis()));
    let keys = match found.remove("keys") {
        Some(Bson::Array(keys)) => keys.into_iter().filter_map(|key| key.as_str().map(str::to_owned)).collect(),
        _ => return Err(corrupt("keys")),
    };
    let version = found.get_i64("version").map_err(|_| corrupt("version"))?;
    let body = to_json(found.remove("body").ok_or_else(|| corrupt("body"))?)?;
    Ok(Document { id, version, keys, body, expires_at })
}

pub(super) fn change(mut found: BsonDocument) -> StoreResult<Change> {
    let id = text(&mut found, "_id")?;
    let pending = event_id(&text(&mut found, "pending")?)?;
    // Only tombstones have the field.
    let is_deleted = found.get_bool("is_deleted").unwrap_or_default();
    let Some(Bson::Array(events)) = found.remove("events") else {
        return Err(StoreError::corrupt(format!("events of document {id}")));
    };
    let count = events.len();
    let events: Vec<PendingEvent> = events.into_iter().filter_map(|event| pending_event(event).ok()).collect();
    Ok(Change { id, pending, is_deleted, unknown: count - events.len(), events })
}

fn pending_event(found: Bson) -> StoreResult<PendingEvent> {
    let Bson::Document(mut found) = found else { return Err(StoreError::corrupt("event")) };
    let id = event_id(&text(&mut found, "id")?)?;
    let body = to_json(found.remove("event").unwrap_or(Bson::Null))?;
    let event: DomainEvent = serde_json::from_value(body).map_err(StoreError::corrupt)?;
    Ok(PendingEvent { id, event })
}

fn event_id(text: &str) -> StoreResult<EventId> {
    text.parse().map(EventId::restore).map_err(StoreError::corrupt)
}

pub(super) fn text(found: &mut BsonDocument, name: &str) -> StoreResult<String> {
    match found.remove(name) {
        Some(Bson::String(text)) => Ok(text),
        _ => Err(StoreError::corrupt(format!("field {name} of a document"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_round_trips_and_keys_are_never_types() {
        let body = json!({ "$date": "2026-01-01", "a.b": [1, -2, 9_007_199_254_740_993_i64, 1.5, null, true], "": {} });
        assert_eq!(to_json(to_bson(&body).unwrap()).unwrap(), body);
    }

    #[test]
    fn a_number_that_bson_cannot_represent_is_rejected() {
        assert!(to_bson(&json!(u64::MAX)).is_err());
    }
}
