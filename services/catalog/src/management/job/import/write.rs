//! Writes an import, a chunk at a time.

use std::collections::HashSet;

use problem::Problem;
use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};

use super::{
    Stage,
    reference::{Reference, find_references, without},
    resource::Resource,
    stage::Place,
    store::{self, Kept, Waiting},
};
use crate::management::{
    bulk::{Keyed, Saved},
    error::Result,
    history::Writer,
    job::{Counts, Job, describe, store as jobs},
};

/// Lines of one transaction.
const CHUNK: i64 = 100;

/// A refusal as the line keeps it.
type Described = Map<String, Value>;

/// What became of a line.
enum Fate {
    Written(Saved),
    /// Written without some properties.
    Held(Saved, Vec<&'static str>),
    Refused(Described),
}

/// Writes the next chunk, goes on to the next stage, or ends the job.
pub(in super::super) async fn write_next(connection: &mut PgConnection, job: &Job) -> Result<()> {
    let mut stage = match &job.stage {
        Some(stage) => stage.0.clone(),
        None => Stage::first(store::find_rank(connection, job.id, None).await?),
    };
    let found = store::find_next(connection, job.id, &stage, CHUNK).await?;
    let is_over = found.is_empty();
    let chunk = take_chunk(&mut stage, found);
    let mut counts = Counts::default();
    if !chunk.is_empty() {
        let fates = write_chunk(connection, job, &stage, &chunk).await?;
        counts = record(connection, job, &mut stage, &chunk, fates).await?;
    }
    if is_over && !begin_next(connection, job, &mut stage).await? {
        return jobs::finish(connection, job.id, "completed", None).await;
    }
    store::set_stage(connection, job.id, &stage).await?;
    jobs::advance(connection, job.id, &counts).await
}

/// Lines of one path and different keys. A line waits while one before it with the same key does.
fn take_chunk(stage: &mut Stage, found: Vec<Waiting>) -> Vec<Waiting> {
    let mut chunk: Vec<Waiting> = Vec::with_capacity(found.len());
    let mut keys = HashSet::new();
    for line in found {
        let is_other = chunk.first().is_some_and(|first| first.resource != line.resource);
        if is_other || keys.contains(&line.key) {
            break;
        }
        let Waiting { rank, resource, line: number, .. } = &line;
        stage.after = Place { rank: *rank, resource: resource.clone(), line: *number };
        if !line.is_blocked {
            keys.insert(line.key.clone());
            chunk.push(line);
        }
    }
    chunk
}

/// Goes on after the last line of a pass; false if there is nothing left to be tried.
async fn begin_next(connection: &mut PgConnection, job: &Job, stage: &mut Stage) -> Result<bool> {
    if let Some(rank) = stage.rank {
        let waits = store::is_waiting(connection, job.id, rank).await?;
        if !stage.begin_pass(waits) {
            let next = store::find_rank(connection, job.id, Some(rank)).await?;
            stage.begin_rank(next, waits);
        }
        return Ok(true);
    }
    if !stage.wants_sweep() {
        let stepped_aside =
            !stage.is_settling && store::settle(connection, job.id, None).await? > 0;
        let is_needed = stepped_aside || store::has_untried(connection, job.id).await?;
        if stage.is_settling || !is_needed {
            return Ok(false);
        }
        stage.is_settling = true;
    }
    stage.begin_sweep(store::find_rank(connection, job.id, None).await?);
    Ok(true)
}

async fn write_chunk(
    connection: &mut PgConnection,
    job: &Job,
    stage: &Stage,
    chunk: &[Waiting],
) -> Result<Vec<Fate>> {
    let resource = Resource::parse(&chunk[0].resource)
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("a stored line has no resource")))?;
    let bodies = chunk.iter().map(read_data).collect::<Result<Vec<_>>>()?;
    let whole = chunk.iter().zip(&bodies).map(|(line, body)| keyed(line, body.clone()));
    let saved = save(connection, job, &resource, whole.collect()).await?;
    let mut fates: Vec<Fate> =
        saved.into_iter().map(|saved| saved.map_or_else(Fate::Refused, Fate::Written)).collect();
    if stage.holds_back() {
        hold_back(connection, job, &resource, chunk, &bodies, &mut fates).await?;
    }
    Ok(fates)
}

/// Writes refused lines without the properties that refer to things that are still to come.
async fn hold_back(
    connection: &mut PgConnection,
    job: &Job,
    resource: &Resource,
    chunk: &[Waiting],
    bodies: &[Map<String, Value>],
    fates: &mut [Fate],
) -> Result<()> {
    let refused = fates.iter().enumerate().filter(|(_, fate)| matches!(fate, Fate::Refused(_)));
    let references: Vec<(usize, Vec<Reference>)> = refused
        .map(|(index, _)| (index, find_references(resource.noun, &bodies[index])))
        .filter(|(_, references)| !references.is_empty())
        .collect();
    let names: Vec<&str> = references
        .iter()
        .flat_map(|(_, references)| references)
        .map(|reference| reference.key.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let pending = store::find_pending(connection, job.id, &names).await?;
    let held: Vec<(usize, Vec<&'static str>)> = references
        .iter()
        .map(|(index, references)| (*index, pending.properties(references)))
        .filter(|(_, properties)| !properties.is_empty())
        .collect();
    let part = |(index, properties): &(usize, Vec<&str>)| {
        keyed(&chunk[*index], without(&bodies[*index], properties))
    };
    let saved = save(connection, job, resource, held.iter().map(part).collect()).await?;
    for ((index, properties), saved) in held.into_iter().zip(saved) {
        // Else it is refused for what the whole line was refused for.
        if let Ok(saved) = saved {
            fates[index] = Fate::Held(saved, properties);
        }
    }
    Ok(())
}

/// Lines that are refused as a whole are so each.
async fn save(
    connection: &mut PgConnection,
    job: &Job,
    resource: &Resource,
    lines: Vec<Keyed>,
) -> Result<Vec<Result<Saved, Described>>> {
    let count = lines.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    let writer = Writer { author: job.author.0.clone(), reviewer: None, restored_version: None };
    let mut attempt = connection.begin().await?;
    match Box::pin(resource.save_all(&mut attempt, &writer, lines)).await {
        Ok(saved) => {
            attempt.commit().await?;
            let describe = |result: Result<Saved>| result.map_err(|refusal| describe(&refusal));
            Ok(saved.into_iter().map(describe).collect())
        }
        Err(refusal) if refusal.is_ours() => Err(refusal),
        Err(refusal) => {
            attempt.rollback().await?;
            Ok(vec![Err(describe(&refusal)); count])
        }
    }
}

/// Writes down what became of the lines: what is written is gone, the rest stays.
async fn record(
    connection: &mut PgConnection,
    job: &Job,
    stage: &mut Stage,
    chunk: &[Waiting],
    fates: Vec<Fate>,
) -> Result<Counts> {
    let mut counts = Counts::default();
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for (line, fate) in chunk.iter().zip(fates) {
        let before = read_outcome(line.outcome.as_deref());
        if line.is_refused {
            counts.add(None, -1);
        } else if let Some(before) = before {
            counts.add(Some(before), -1);
        }
        if let Fate::Written(Saved::Created | Saved::Changed)
        | Fate::Held(Saved::Created | Saved::Changed, _) = fate
        {
            stage.note_write();
        }
        let mut keep = |outcome, without, refusal| {
            kept.push(Kept { line: line.line, outcome, without, refusal });
        };
        match fate {
            Fate::Written(saved) => {
                counts.add(Some(combine(before, saved)), 1);
                written.push(line.line);
            }
            Fate::Held(saved, properties) => {
                counts.add(Some(saved), 1);
                keep(Some(outcome_name(saved)), Some(properties.join(",")), None);
            }
            Fate::Refused(refusal) => {
                counts.add(None, 1);
                keep(None, None, Some(tell_rest(refusal, line.without.as_deref())));
            }
        }
    }
    store::delete_written(connection, job.id, &written).await?;
    if !kept.is_empty() {
        store::keep(connection, job.id, &kept).await?;
    }
    if stage.is_settling && !kept.is_empty() {
        let kept: Vec<i64> = kept.iter().map(|line| line.line).collect();
        store::settle(connection, job.id, Some(&kept)).await?;
    }
    Ok(counts)
}

/// What both writes of a line did together.
fn combine(first: Option<Saved>, second: Saved) -> Saved {
    match first {
        None | Some(Saved::Unchanged) => second,
        Some(first) => first,
    }
}

/// A line that was written in part says so.
fn tell_rest(mut refusal: Described, without: Option<&[String]>) -> Described {
    if let (Some(without), Some(Value::String(message))) = (without, refusal.get_mut("message")) {
        *message = format!("{message} The rest was written, without {}.", without.join(" and "));
    }
    refusal
}

fn outcome_name(saved: Saved) -> &'static str {
    match saved {
        Saved::Created => "created",
        Saved::Changed => "changed",
        Saved::Unchanged => "unchanged",
    }
}

fn read_outcome(name: Option<&str>) -> Option<Saved> {
    [Saved::Created, Saved::Changed, Saved::Unchanged]
        .into_iter()
        .find(|saved| name == Some(outcome_name(*saved)))
}

fn read_data(line: &Waiting) -> Result<Map<String, Value>> {
    Ok(serde_json::from_str(&line.data).map_err(Problem::internal)?)
}

fn keyed(line: &Waiting, object: Map<String, Value>) -> Keyed {
    Keyed { key: line.key.clone(), object }
}
