//! The gateway's durable record: a file that only grows, flushed to the disk before anything is answered.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::Path,
    sync::mpsc,
    thread,
};

use tokio::sync::oneshot;

use crate::book::Line;

/// The most changes that share one flush.
const BATCH: usize = 256;

/// The file, written by a thread of its own; what waits is flushed together.
#[derive(Debug, Clone)]
pub struct Record {
    queue: mpsc::Sender<Write>,
}

struct Write {
    bytes: Vec<u8>,
    done: oneshot::Sender<()>,
}

/// Ends when the change is on the disk.
pub struct Durable(oneshot::Receiver<()>);

impl Durable {
    /// Waits for the disk.
    ///
    /// # Errors
    /// The disk refused; nothing may be answered any more.
    pub async fn wait(self) -> io::Result<()> {
        self.0.await.map_err(|_| io::Error::other("the record cannot be written"))
    }
}

impl Record {
    /// Opens the file and reads what it holds. A last line that a crash cut short was never answered, and goes.
    ///
    /// # Errors
    /// The file cannot be opened, or a line in its middle cannot be read.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Line>)> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let (lines, whole) = read(&file)?;
        file.set_len(whole)?;
        file.sync_all()?;
        let (queue, waiting) = mpsc::channel();
        thread::Builder::new().name("record".to_owned()).spawn(move || write(file, &waiting))?;
        Ok((Self { queue }, lines))
    }

    /// Queues a line. Lines reach the disk in the order of the calls.
    pub fn append(&self, line: &Line) -> Durable {
        let bytes = serde_json::to_vec(line).map(|mut bytes| {
            bytes.push(b'\n');
            bytes
        });
        self.queue(bytes.unwrap_or_default())
    }

    /// Ends when everything queued before is on the disk.
    pub fn barrier(&self) -> Durable {
        self.queue(Vec::new())
    }

    fn queue(&self, bytes: Vec<u8>) -> Durable {
        let (done, wait) = oneshot::channel();
        // When the writer has gone, so has `done`, and whoever waits is told.
        let _ = self.queue.send(Write { bytes, done });
        Durable(wait)
    }
}

/// The lines, and how many bytes of the file they are.
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

/// Writes what waits, flushes once, and tells everybody; stops for good when the disk refuses.
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
            // Nobody waits for an acknowledgement.
            let _ = write.done.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_that_a_crash_cut_short_goes_and_the_rest_stays() {
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
