import Messages
import Testing

@Suite struct EndpointTests {
  @Test(arguments: ["tcp://127.0.0.1:7440", "tcp://127.0.0.1:*", "tcp://127.255.0.9:1", "tcp://localhost:65535"])
  func `a loopback endpoint is told as such`(text: String) throws {
    #expect(try Endpoint(text).isLoopback)
  }

  @Test(arguments: [
    "tcp://0.0.0.0:7440", "tcp://*:7440", "tcp://192.168.1.2:7440", "tcp://eth0:*", "tcp://127.0.0.1.example.org:1",
    "tcp://127.0.0.256:1", "tcp://127.1:1", "tcp://127.0.0.01:1",
  ])
  func `any other host is not loopback`(text: String) throws {
    #expect(try !Endpoint(text).isLoopback)
  }

  @Test(arguments: [
    "", "tcp://", "127.0.0.1:7440", "udp://127.0.0.1:7440", "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://:7440",
    "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:07440", "tcp://127.0.0.1:+7", "tcp://[::1]:7440",
    "tcp://127.0.0.1:1;tcp://0.0.0.0:1", "tcp://127.0.0.1:7440 ", "inproc://x", "ipc:///tmp/x",
    "tcp://" + String(repeating: "a", count: MessageLimits.endpointByteCount) + ":1",
  ])
  func `what is no endpoint is refused`(text: String) {
    let error = #expect(throws: TransportError.self) { try Endpoint(text) }
    #expect(error?.code == "transport.badEndpoint")
  }

  @Test func `an endpoint is printed as it is read`() throws {
    #expect(Endpoint.defaultBroker.description == "tcp://127.0.0.1:7440")
    #expect(try Endpoint("tcp://127.0.0.1:7440") == .defaultBroker)
    #expect(try Endpoint("tcp://localhost:7440") == .defaultBroker)
    #expect(try Endpoint("tcp://127.0.0.1:*").description == "tcp://127.0.0.1:*")
  }
}
