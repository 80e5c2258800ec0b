//! Index directories: each process of a machine claims its own directory.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use super::failed;
use crate::{StoreError, StoreResult};

/// Maximum number of processes below one root.
const MAX_SLOTS: u32 = 64;

/// A directory that this process owns until the value is dropped.
pub(super) struct Slot {
    /// The directory of the index.
    pub path: PathBuf,
    _lock: File,
}

impl Slot {
    /// Claims the first directory `<root>/<number>` that no running process owns. The operating system releases the
    /// lock of a process that exits.
    pub fn claim(root: &Path) -> StoreResult<Self> {
        for number in 0..MAX_SLOTS {
            let path = root.join(number.to_string());
            fs::create_dir_all(&path).map_err(|error| failed(format!("{}: {error}", path.display())))?;
            let lock = File::create(root.join(format!("{number}.lock"))).map_err(failed)?;
            match lock.try_lock() {
                Ok(()) => return Ok(Self { path, _lock: lock }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(StoreError::Internal(format!("{MAX_SLOTS} processes already use the search index in {}", root.display())))
    }

    /// Deletes the contents of the directory.
    pub fn wipe(&self) -> StoreResult<()> {
        fs::remove_dir_all(&self.path).map_err(failed)?;
        fs::create_dir_all(&self.path).map_err(failed)
    }
}
