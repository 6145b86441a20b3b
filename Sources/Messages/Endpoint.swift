/// Where a process listens or is reached: `tcp://host:port`, the host an IPv4 address or a name.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
  /// Where the broker listens unless it is told otherwise.
  public static let defaultBroker = Endpoint(host: "127.0.0.1", port: 7440)

  /// The host; `localhost` is read as `127.0.0.1`, so that no name has to be resolved.
  public let host: String
  /// The port, 1 to 65,535, or nil for `*`: any free one, which only a listener may ask for.
  public let port: UInt16?

  private init(host: String, port: UInt16?) {
    self.host = host
    self.port = port
  }

  /// Reads `tcp://host:port` of at most ``MessageLimits/endpointByteCount`` bytes.
  ///
  /// Throws ``TransportError/badEndpoint(_:)`` for anything else; that is so for IPv6 too.
  public init(_ text: String) throws(TransportError) {
    let scheme = "tcp://"
    guard text.utf8.count <= MessageLimits.endpointByteCount, text.hasPrefix(scheme) else {
      throw .badEndpoint(String(text.prefix(MessageLimits.endpointByteCount)))
    }
    let halves = text.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
    guard halves.count == 2, Self.isHost(halves[0]), let port = Self.port(halves[1]) else { throw .badEndpoint(text) }
    self.init(host: halves[0] == "localhost" ? "127.0.0.1" : String(halves[0]), port: port)
  }

  /// Whether only processes of this machine can be at the other end: the host is in 127.0.0.0/8 (RFC 1122, 3.2.1.3).
  public var isLoopback: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
  }

  public var description: String { "tcp://\(host):\(port.map(String.init) ?? "*")" }

  /// Accepts letters, digits, `.`, `-` and `_`, or the `*` that stands for all interfaces.
  private static func isHost(_ text: Substring) -> Bool {
    text == "*"
      || !text.isEmpty
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
  }

  /// The port, or nil inside for `*`; nil outside for no port at all.
  private static func port(_ text: Substring) -> UInt16?? {
    if text == "*" { return .some(nil) }
    guard let port = UInt16(text), port > 0, String(port) == text else { return nil }
    return port
  }
}
