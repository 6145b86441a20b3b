internal import CZeroMQ
internal import Glibc

/// What went wrong in libzmq, or in a thread that polls it.
public struct ZMQError: Error, Sendable, Hashable {
  /// Why a call failed; each has a stable name.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    case addressInUse = "zeromq.addressInUse"
    case addressNotAvailable = "zeromq.addressNotAvailable"
    case contextTerminated = "zeromq.contextTerminated"
    case invalidArgument = "zeromq.invalidArgument"
    case invalidMessage = "zeromq.invalidMessage"
    case invalidOption = "zeromq.invalidOption"
    case outOfMemory = "zeromq.outOfMemory"
    case permissionDenied = "zeromq.permissionDenied"
    case pollThreadStopped = "zeromq.pollThreadStopped"
    case threadUnavailable = "zeromq.threadUnavailable"
    case tooManyOpen = "zeromq.tooManyOpen"
    case transportUnsupported = "zeromq.transportUnsupported"
    case unexpected = "zeromq.unexpected"
    case unroutable = "zeromq.unroutable"
    case wouldBlock = "zeromq.wouldBlock"
  }

  /// Why the call failed.
  public let reason: Reason
  /// The call or option that failed, as its manual page names it.
  public let call: String
  /// What it was asked to do, and what it answered.
  public let detail: String

  init(_ reason: Reason, call: String, detail: String) {
    self.reason = reason
    self.call = call
    self.detail = detail
  }

  /// The error of a call that just failed with `number`; `subject` is what it was called with.
  init(errno number: Int32, call: String, subject: String = "") {
    let text = String(cString: zmq_strerror(number))
    self.init(Reason(errno: number), call: call, detail: subject.isEmpty ? text : "\(subject): \(text)")
  }

  /// The error of the libzmq call that just failed on this thread.
  static func last(_ call: String, _ subject: String = "") -> Self {
    Self(errno: zmq_errno(), call: call, subject: subject)
  }
}

extension ZMQError: CustomStringConvertible {
  /// The stable name, such as "zeromq.addressInUse"; scripts may rely on it.
  public var code: String { reason.rawValue }

  /// What happened: the call, what it was asked, and what it answered.
  public var message: String { "\(call): \(detail)" }

  /// What the reader can do about it.
  public var hint: String {
    switch reason {
    case .addressInUse: "another process listens there: stop it, or choose another port"
    case .addressNotAvailable: "this machine has no such address: bind to one of its own, or to *"
    case .contextTerminated: "the context has ended: close its sockets"
    case .invalidArgument: "write an endpoint as tcp://host:port"
    case .invalidMessage: "give at least one frame, and to a router the peer's routing id before it"
    case .invalidOption: "choose a value in the range named"
    case .outOfMemory: "lower the high-water marks or the largest message size, or give the process more memory"
    case .permissionDenied: "choose a port above 1023, or give the process the right to this one"
    case .pollThreadStopped: "the thread is shutting down: watch on one that runs"
    case .threadUnavailable: "raise the process's limit of threads (ulimit -u)"
    case .tooManyOpen: "close sockets, or raise the limit of open files (ulimit -n)"
    case .transportUnsupported: "use a tcp:// endpoint"
    case .unexpected: "report this as a defect, with the message"
    case .unroutable: "the peer is gone: wait until it registers again"
    case .wouldBlock: "the peer is slow or not connected: keep the message and send it later"
    }
  }

  public var description: String { "\(code): \(message) (\(hint))" }
}

extension ZMQError.Reason {
  /// Sorts an errno of libzmq 4.3 (the ERRORS sections of its manual pages).
  init(errno number: Int32) {
    switch number {
    case EAGAIN: self = .wouldBlock
    case EHOSTUNREACH: self = .unroutable
    case EADDRINUSE: self = .addressInUse
    case EADDRNOTAVAIL, ENODEV: self = .addressNotAvailable
    case EINVAL: self = .invalidArgument
    case EPROTONOSUPPORT, CZeroMQ.ENOCOMPATPROTO: self = .transportUnsupported
    case EACCES, EPERM: self = .permissionDenied
    case EMFILE, ENFILE: self = .tooManyOpen
    case ENOMEM: self = .outOfMemory
    case CZeroMQ.ETERM: self = .contextTerminated
    default: self = .unexpected
    }
  }
}
