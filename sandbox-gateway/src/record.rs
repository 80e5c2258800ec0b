//! The durable record: an append-only file that is flushed to disk before a request is answered.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::Path,
    sync::mpsc,
    thread,
};

use tokio::sync::oneshot;

use crate::state::Line;

/// The maximum number of changes per flush.
const BATCH: usize = 256;

/// The file, written by its own thread, which flushes queued lines together.
#[derive(Debug, Clone)]
pub struct Record {
    queue: mpsc::Sender<Write>,
}

struct Write {
    bytes: Vec<u8>,
    done: oneshot::Sender<()>,
}

/// Completes when the change is on disk.
pub struct Durable(oneshot::Receiver<()>);

impl Durable {
    /// A change that cannot be written: its sender is dropped at once.
    fn failed() -> Self {
        Self(oneshot::channel().1)
    }

    /// Waits until the change is on disk.
    ///
    /// # Errors
    /// [`io::Error`] if the file cannot be written. The change must not be acknowledged then.
    pub async fn wait(self) -> io::Result<()> {
        self.0.await.map_err(|_| io::Error::other("the record cannot be written"))
    }
}

impl Record {
    /// Opens the file and reads its lines. An incomplete last line, which a crash left, was never acknowledged and is removed.
    ///
    /// # Errors
    /// [`io::Error`] if the file cannot be opened or a complete line is malformed.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Line>)> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let (lines, whole) = read(&file)?;
        file.set_len(whole)?;
        file.sync_all()?;
        let (queue, waiting) = mpsc::channel();
        thread::Builder::new().name("record".to_owned()).spawn(move || write(file, &waiting))?;
        Ok((Self { queue }, lines))
    }

    /// Queues a line. Lines are written in the order of the calls.
    pub fn append(&self, line: &Line) -> Durable {
        match serde_json::to_vec(line) {
            Ok(mut bytes) => {
                bytes.push(b'\n');
                self.queue(bytes)
            }
            Err(error) => {
                tracing::error!(%error, "cannot encode a line of the record");
                Durable::failed()
            }
        }
    }

    /// Completes when everything queued before is on disk.
    pub fn barrier(&self) -> Durable {
        self.queue(Vec::new())
    }

    fn queue(&self, bytes: Vec<u8>) -> Durable {
        let (done, wait) = oneshot::channel();
        // If the writer has stopped, `done` is dropped and the receiver fails.
        let _ = self.queue.send(Write { bytes, done });
        Durable(wait)
    }
}

/// The complete lines, and their total length in bytes.
fn read(file: &File) -> io::Result<(Vec<Line>, u64)> {
    let mut reader = BufReader::new(file);
    let (mut lines, mut whole, mut text) = (Vec::new(), 0, Vec::new());
    loop {
        text.clear();
        let length = reader.read_until(b'\n', &mut text)?;
        if length == 0 || text.last() != Some(&b'\n') {
            return Ok((lines, whole));
        }
        lines.push(serde_json::from_slice(&text)?);
        whole += length as u64;
    }
}

/// Writes the queued lines, flushes them once and acknowledges them; stops at the first failure.
fn write(mut file: File, waiting: &mpsc::Receiver<Write>) {
    while let Ok(first) = waiting.recv() {
        let batch: Vec<Write> = std::iter::once(first).chain(waiting.try_iter().take(BATCH)).collect();
        let bytes: Vec<u8> = batch.iter().flat_map(|write| write.bytes.iter().copied()).collect();
        if !bytes.is_empty()
            && let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_data())
        {
            tracing::error!(%error, "the record cannot be written");
            return;
        }
        for write in batch {
            // Fails if the caller does not wait.
            let _ = write.done.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_incomplete_last_line_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("charges.jsonl");
        let delivered = |id: &str| Line { delivered: Some(id.to_owned()), ..Line::default() };
        let (record, lines) = Record::open(&path).unwrap();
        assert!(lines.is_empty());
        record.append(&delivered("a")).wait().await.unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"delivered\":\"b").unwrap();

        let (record, lines) = Record::open(&path).unwrap();
        assert_eq!(lines.len(), 1);
        record.append(&delivered("c")).wait().await.unwrap();
        let (_, lines) = Record::open(&path).unwrap();
        let ids: Vec<_> = lines.into_iter().filter_map(|line| line.delivered).collect();
        assert_eq!(ids, ["a", "c"]);
    }
}
