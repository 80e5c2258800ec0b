//! Admission under overload: a limit on concurrent operations, and a queue for each priority. A place that becomes free
//! goes to the waiting operation of the highest priority. An operation is rejected at once if its queue is full, and later
//! if it has waited too long.

mod priority;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

pub use self::priority::{ByPriority, Priorities, Priority};

/// The limits of the operations of one priority.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// The maximum number of concurrent operations. Less than all places, so that operations that wait for a slow
    /// dependency leave places to other priorities.
    pub concurrent: usize,
    /// The maximum number of waiting operations.
    pub waiting: usize,
    /// The maximum wait.
    pub wait: Duration,
}

/// The limits of a [`Gate`].
#[derive(Debug, Clone, Copy)]
pub struct GateLimits {
    /// The maximum number of concurrent operations.
    pub concurrent: usize,
    /// The limits of each priority.
    pub queues: ByPriority<QueueLimits>,
}

impl GateLimits {
    /// The limits of a process that executes at most this number of operations concurrently.
    #[must_use]
    pub const fn of(concurrent: usize) -> Self {
        let most = concurrent.saturating_mul(3).div_ceil(4);
        let waiting = concurrent.saturating_mul(4);
        let queues = ByPriority {
            critical: QueueLimits {
                concurrent: most,
                waiting: concurrent.saturating_mul(16),
                wait: Duration::from_secs(2),
            },
            high: QueueLimits { concurrent: most, waiting: concurrent.saturating_mul(8), wait: Duration::from_secs(1) },
            medium: QueueLimits { concurrent: concurrent.div_ceil(4), waiting, wait: Duration::from_secs(2) },
            low: QueueLimits { concurrent: concurrent.div_ceil(2), waiting, wait: Duration::from_millis(500) },
        };
        Self { concurrent, queues }
    }
}

/// There is no place: the queue is full, or the wait was too long.
#[derive(Debug, PartialEq, Eq)]
pub struct Busy;

/// Admits the operations of a process; endpoints can share it.
pub struct Gate {
    limits: GateLimits,
    state: Mutex<State>,
}

/// Invariant: no waiting operation could be admitted, because places that become free are passed on at once.
#[derive(Default)]
struct State {
    running: usize,
    queues: ByPriority<Queue>,
}

#[derive(Default)]
struct Queue {
    running: usize,
    waiting: VecDeque<oneshot::Sender<Place>>,
}

/// The place of an operation in progress. Dropping it admits the next operation.
pub struct Place {
    gate: Arc<Gate>,
    priority: Priority,
}

impl Gate {
    /// A gate without operations.
    #[must_use]
    pub fn new(limits: GateLimits) -> Arc<Self> {
        Arc::new(Self { limits, state: Mutex::default() })
    }

    /// Waits for a place.
    pub(crate) async fn enter(self: &Arc<Self>, priority: Priority) -> Result<Place, Busy> {
        let admitted = {
            let mut state = self.state();
            if self.has_room(&state, priority) {
                return Ok(self.place(&mut state, priority));
            }
            let waiting = &mut state.queues.get_mut(priority).waiting;
            // The oldest are the first to give up.
            while waiting.front().is_some_and(oneshot::Sender::is_closed) {
                waiting.pop_front();
            }
            if waiting.len() >= self.limits.queues.get(priority).waiting {
                return Err(Busy);
            }
            let (sender, receiver) = oneshot::channel();
            waiting.push_back(sender);
            receiver
        };
        match timeout(self.limits.queues.get(priority).wait, admitted).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
    }

    fn has_room(&self, state: &State, priority: Priority) -> bool {
        let most = self.limits.queues.get(priority).concurrent;
        state.running < self.limits.concurrent && state.queues.get(priority).running < most
    }

    fn place(self: &Arc<Self>, state: &mut State, priority: Priority) -> Place {
        state.running += 1;
        state.queues.get_mut(priority).running += 1;
        Place { gate: Arc::clone(self), priority }
    }

    /// The waiting operation that has a place now.
    fn next(self: &Arc<Self>, state: &mut State) -> Option<(oneshot::Sender<Place>, Place)> {
        for priority in Priority::ALL {
            if !self.has_room(state, priority) {
                continue;
            }
            while let Some(sender) = state.queues.get_mut(priority).waiting.pop_front() {
                if !sender.is_closed() {
                    return Some((sender, self.place(state, priority)));
                }
            }
        }
        None
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let next = {
            let mut state = self.gate.state();
            state.running = state.running.saturating_sub(1);
            let queue = state.queues.get_mut(self.priority);
            queue.running = queue.running.saturating_sub(1);
            self.gate.next(&mut state)
        };
        if let Some((sender, place)) = next {
            // A place whose operation has just given up is dropped here, which admits the next one.
            drop(sender.send(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const PATIENT: Duration = Duration::from_mins(1);

    fn gate(concurrent: usize, low: usize, waiting: usize, wait: Duration) -> Arc<Gate> {
        let queue = QueueLimits { concurrent, waiting, wait };
        let low = QueueLimits { concurrent: low, ..queue };
        Gate::new(GateLimits { concurrent, queues: ByPriority { critical: queue, high: queue, medium: queue, low } })
    }

    /// Enters a gate; none while it waits.
    fn poll(entering: &mut (impl Future<Output = Result<Place, Busy>> + Unpin)) -> Option<Result<Place, Busy>> {
        entering.now_or_never()
    }

    #[tokio::test]
    async fn a_free_place_goes_to_the_highest_priority() {
        let gate = gate(1, 1, 10, PATIENT);
        let running = gate.enter(Priority::Low).await.unwrap();
        let mut low = Box::pin(gate.enter(Priority::Low));
        let mut high = Box::pin(gate.enter(Priority::High));
        let mut critical = Box::pin(gate.enter(Priority::Critical));
        let mut second = Box::pin(gate.enter(Priority::Critical));
        for waiting in [&mut low, &mut high, &mut critical, &mut second] {
            assert!(poll(waiting).is_none());
        }
        drop(running);
        assert!(poll(&mut low).is_none() && poll(&mut high).is_none() && poll(&mut second).is_none());
        let place = poll(&mut critical).unwrap().unwrap();
        drop(place);
        assert!(poll(&mut low).is_none() && poll(&mut high).is_none());
        let place = poll(&mut second).unwrap().unwrap();
        drop(place);
        assert!(poll(&mut low).is_none());
        let place = poll(&mut high).unwrap().unwrap();
        drop(place);
        assert!(poll(&mut low).unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_priority_leaves_places_to_others() {
        let gate = gate(3, 2, 10, PATIENT);
        let _pages = (gate.enter(Priority::Low).await.unwrap(), gate.enter(Priority::Low).await.unwrap());
        let mut third = Box::pin(gate.enter(Priority::Low));
        assert!(poll(&mut third).is_none());
        let critical = gate.enter(Priority::Critical).now_or_never().unwrap().unwrap();
        drop(critical);
        assert!(poll(&mut third).is_none(), "the place that became free is not for this priority");
    }

    #[tokio::test]
    async fn a_full_queue_rejects_at_once_and_a_long_wait_rejects_later() {
        let full = gate(1, 1, 1, PATIENT);
        let _running = full.enter(Priority::Low).await.unwrap();
        let mut waiting = Box::pin(full.enter(Priority::Low));
        assert!(poll(&mut waiting).is_none());
        assert!(full.enter(Priority::Low).now_or_never().unwrap().is_err());
        let mut critical = Box::pin(full.enter(Priority::Critical));
        assert!(poll(&mut critical).is_none(), "another priority has a queue of its own");

        let impatient = gate(1, 1, 10, Duration::ZERO);
        let _running = impatient.enter(Priority::Low).await.unwrap();
        assert_eq!(impatient.enter(Priority::Critical).await.err(), Some(Busy));
    }

    #[tokio::test]
    async fn an_operation_that_gave_up_takes_no_place() {
        let gate = gate(1, 1, 1, PATIENT);
        let running = gate.enter(Priority::Low).await.unwrap();
        let mut gone = Box::pin(gate.enter(Priority::Low));
        assert!(poll(&mut gone).is_none());
        drop(gone);
        let mut waiting = Box::pin(gate.enter(Priority::Low));
        assert!(poll(&mut waiting).is_none(), "the queue has room again");
        drop(running);
        // A place that was assigned and not received is passed on.
        drop(waiting);
        assert!(gate.enter(Priority::Low).now_or_never().unwrap().is_ok());
    }

    #[test]
    fn every_priority_has_places() {
        for concurrent in [1, 2, 4, 32, 1_000] {
            let limits = GateLimits::of(concurrent);
            for priority in Priority::ALL {
                let own = limits.queues.get(priority).concurrent;
                assert!((1..=concurrent).contains(&own), "{concurrent} {priority:?} {own}");
            }
        }
    }
}
