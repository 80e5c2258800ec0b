//! CPU time and memory of processes, read from `/proc`.

use std::fs;

use crate::Outcome;

/// Clock ticks per second in `/proc/*/stat`; constant on Linux.
const TICKS: f64 = 100.0;

/// CPU-seconds of a process and of its exited children.
pub fn cpu_seconds(pid: u32) -> Outcome<f64> {
    let stat = Stat::read(pid)?;
    Ok(stat.own + stat.ended_children)
}

/// CPU-seconds of Postgres: the postmaster with its running and exited children.
pub fn postgres_cpu_seconds(postmaster: u32) -> Outcome<f64> {
    let mut seconds = cpu_seconds(postmaster)?;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A process may exit between listing and reading.
        if let Ok(stat) = Stat::read(pid)
            && stat.parent == postmaster
        {
            seconds += stat.own;
        }
    }
    Ok(seconds)
}

/// Resident memory of a process in MiB.
pub fn resident_mib(pid: u32) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024.0)
}

struct Stat {
    parent: u32,
    own: f64,
    ended_children: f64,
}

impl Stat {
    fn read(pid: u32) -> Outcome<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name in parentheses may contain spaces, so count the fields after it.
        let (_, rest) = stat.rsplit_once(')').ok_or("malformed stat")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |at: usize| -> Outcome<f64> { Ok(fields.get(at).ok_or("short stat")?.parse()?) };
        let parent = fields.get(1).ok_or("short stat")?.parse()?;
        Ok(Self {
            parent,
            own: (number(11)? + number(12)?) / TICKS,
            ended_children: (number(13)? + number(14)?) / TICKS,
        })
    }
}
