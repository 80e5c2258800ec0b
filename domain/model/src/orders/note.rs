//! Notes of staff about orders.

use super::{Order, OrderEvent, OrderEventKind, event};
use crate::{
    Timestamp,
    ids::{OrderId, OrderNoteId},
};

/// A note of staff about an order. Shoppers do not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNote {
    /// Identifier; sorts by time.
    pub id: OrderNoteId,
    /// The order.
    pub order_id: OrderId,
    /// The text.
    pub text: String,
    /// The actor who wrote it.
    pub actor: String,
    /// Time at which it was written.
    pub at: Timestamp,
}

/// The text of a note is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note has 1 to {max} characters", max = OrderNote::MAX_CHARS)]
pub struct InvalidNote;

impl OrderNote {
    /// The maximum number of characters of a text.
    pub const MAX_CHARS: usize = 5_000;

    /// The text of a note as it is stored, without surrounding blanks.
    ///
    /// # Errors
    /// [`InvalidNote`] if it is empty or too long.
    pub fn text(text: &str) -> Result<String, InvalidNote> {
        let text = text.trim();
        let is_good = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        if is_good { Ok(text.to_owned()) } else { Err(InvalidNote) }
    }
}

impl Order {
    /// Adds a note.
    ///
    /// # Errors
    /// [`InvalidNote`] if the text is empty or too long.
    pub fn add_note(
        &mut self,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(OrderNote, OrderEvent), InvalidNote> {
        let text = OrderNote::text(text)?;
        self.touch(now);
        let actor = actor.to_owned();
        let added = event(self.id, OrderEventKind::NoteAdded, &actor, now);
        Ok((OrderNote { id: OrderNoteId::new(), order_id: self.id, text, actor, at: now }, added))
    }
}
