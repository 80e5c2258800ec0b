//! Directories of indexes: each process of a machine takes one for itself, so that none writes into another's.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use super::failed;
use crate::{StoreError, StoreResult};

/// The most processes that share one directory.
const MAX_SLOTS: u32 = 64;

/// A directory that belongs to this process as long as the value lives, and to another one after it.
pub(super) struct Slot {
    /// Where the index is kept.
    pub path: PathBuf,
    _lock: File,
}

impl Slot {
    /// Takes the first directory `<root>/<number>` that no living process has; the operating system frees the lock
    /// of a process that dies.
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

    /// Removes what is in the directory.
    pub fn wipe(&self) -> StoreResult<()> {
        fs::remove_dir_all(&self.path).map_err(failed)?;
        fs::create_dir_all(&self.path).map_err(failed)
    }
}
