//! Bodies on their way through: streamed, counted, and given up when they stand still.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, Incoming, SizeHint};

use crate::{patient::Stall, replica::Connection, upstream::Slot};

/// The next piece of a body must come within this time.
const BODY_PROGRESS: Duration = Duration::from_secs(20);

/// Why a client's body could not be passed on.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// It is larger than allowed on its route.
    TooLarge,
    /// Its next piece did not come.
    Stalled,
    /// The client's connection broke.
    Client(hyper::Error),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the body is larger than allowed"),
            Self::Stalled => f.write_str("the body stopped coming"),
            Self::Client(error) => write!(f, "the body could not be read: {error}"),
        }
    }
}

impl Error for BodyError {}

/// The body of a request to a service.
pub(crate) enum RequestBody {
    /// There is none.
    Empty,
    /// Held whole, so that it can be sent again.
    Whole(Bytes),
    /// Passed on as it comes.
    Stream(Counted),
}

/// A client's body with what is left of its allowance.
pub(crate) struct Counted {
    incoming: Incoming,
    allowance: u64,
    stall: Stall,
}

impl RequestBody {
    /// A client's body of at most `limit` bytes.
    pub(crate) fn new(incoming: Incoming, limit: u64) -> Result<Self, BodyError> {
        if incoming.is_end_stream() {
            return Ok(Self::Empty);
        }
        if incoming.size_hint().lower() > limit {
            return Err(BodyError::TooLarge);
        }
        Ok(Self::Stream(Counted { incoming, allowance: limit, stall: Stall::new(BODY_PROGRESS) }))
    }

    /// The same once more, if nothing of it is gone then.
    pub(crate) fn copy(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Whole(bytes) => Some(Self::Whole(bytes.clone())),
            Self::Stream(_) => None,
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Stream(counted) => counted.poll_next(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Stream(counted) => counted.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(counted) => counted.incoming.size_hint(),
        }
    }
}

impl Counted {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) else {
            return self.stall.poll_expired(cx).map(|()| Some(Err(BodyError::Stalled)));
        };
        self.stall.moved();
        Poll::Ready(frame.map(|frame| self.count(frame.map_err(BodyError::Client)?)))
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, BodyError> {
        let size = frame.data_ref().map_or(0, Buf::remaining) as u64;
        self.allowance = self.allowance.checked_sub(size).ok_or(BodyError::TooLarge)?;
        Ok(frame)
    }
}

/// The body of a service's answer. When it has been read to its end the connection goes back to the
/// pool; when it is dropped earlier, say because the client went away, the connection is closed and
/// so the service told.
pub(crate) struct ServiceBody {
    incoming: Incoming,
    connection: Option<Connection>,
    ended: bool,
    stall: Stall,
    _slot: Slot,
}

impl ServiceBody {
    pub(crate) fn new(incoming: Incoming, connection: Connection, slot: Slot) -> Self {
        let stall = Stall::new(BODY_PROGRESS);
        Self { incoming, connection: Some(connection), ended: false, stall, _slot: slot }
    }
}

impl Body for ServiceBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) else {
            return self.stall.poll_expired(cx).map(|()| Some(Err("the answer stopped".into())));
        };
        self.stall.moved();
        self.ended = frame.is_none();
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for ServiceBody {
    fn drop(&mut self) {
        if self.ended || self.incoming.is_end_stream() {
            self.connection.take().into_iter().for_each(Connection::give_back);
        }
    }
}

/// The body of an answer to the client.
pub(crate) enum ResponseBody {
    /// Passed on from a service.
    Service(ServiceBody),
    /// Made here.
    Own(axum::body::Body),
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Service(body) => Pin::new(body).poll_frame(cx),
            Self::Own(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Service(body) => body.is_end_stream(),
            Self::Own(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Service(body) => body.size_hint(),
            Self::Own(body) => body.size_hint(),
        }
    }
}
