//! Reading a body from somebody who may never end: what is announced is not believed, what arrives is counted, and time
//! runs.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};

use super::answer::Why;

/// Largest body as it comes over the wire; RudderStack's SDKs may send this much.
pub const WIRE_BYTES_MAX: usize = 4_000 << 10;
/// A body that stays silent for longer has been given up by its sender.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// The whole of it must be here by then.
const READING_MAX: Duration = Duration::from_secs(30);

/// A body and its share of what all bodies may take together.
pub struct Held {
    pub bytes: Bytes,
    share: Option<OwnedSemaphorePermit>,
}

/// Reads it all, or says why not.
pub async fn read(body: Body, room: &Arc<Semaphore>) -> Result<Held, Why> {
    time::timeout(READING_MAX, read_all(body, room))
        .await
        .unwrap_or(Err(Why::Slow))
}

async fn read_all(mut body: Body, room: &Arc<Semaphore>) -> Result<Held, Why> {
    let mut held = Held {
        bytes: Bytes::new(),
        share: None,
    };
    let mut gathered: Option<BytesMut> = None;
    loop {
        let frame = time::timeout(SILENCE_MAX, body.frame()).await.map_err(|_| Why::Slow)?;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|_| Why::CutShort)?.into_data() else {
            continue;
        };
        let so_far = gathered.as_ref().map_or(held.bytes.len(), BytesMut::len);
        if so_far + data.len() > WIRE_BYTES_MAX {
            return Err(Why::TooLarge);
        }
        held.grow(data.len(), room)?;
        match &mut gathered {
            Some(gathered) => gathered.extend_from_slice(&data),
            // Most bodies are one frame and need no copy.
            None if held.bytes.is_empty() => held.bytes = data,
            None => {
                let mut both = BytesMut::with_capacity(held.bytes.len() + data.len());
                both.extend_from_slice(&held.bytes);
                both.extend_from_slice(&data);
                gathered = Some(both);
            }
        }
    }
    if let Some(gathered) = gathered {
        held.bytes = gathered.freeze();
    }
    Ok(held)
}

impl Held {
    /// Takes more of the common room, or says that there is none.
    pub fn grow(&mut self, bytes: usize, room: &Arc<Semaphore>) -> Result<(), Why> {
        let count = u32::try_from(bytes).map_err(|_| Why::TooLarge)?;
        let more = Arc::clone(room).try_acquire_many_owned(count).map_err(|_| Why::Busy)?;
        match &mut self.share {
            Some(share) => share.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}
