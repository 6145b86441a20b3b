/// What a ``PollThread``'s handler found at its socket.
public enum HandlerOutcome: Sendable, Hashable {
  /// It took a message, and there may be another.
  case again
  /// No message was there.
  case drained
}
