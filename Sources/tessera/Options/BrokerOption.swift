internal import ArgumentParser
internal import Client
internal import Fabric
internal import Glibc
internal import Logging
internal import Messages
internal import Wire
internal import SystemClock

/// Where the broker is found.
struct BrokerOption: ParsableArguments {
  @Option(
    name: .customLong("broker"),
    help: ArgumentHelp(
      "The broker's endpoint; else TESSERA_BROKER, else \(Endpoint.defaultBroker).", valueName: "endpoint"))
  var text: String?

  /// The endpoint to dial.
  func endpoint() throws -> Endpoint {
    let variable = getenv("TESSERA_BROKER").map { String(cString: $0) } ?? ""
    guard let text = text ?? (variable.isEmpty ? nil : variable) else { return .defaultBroker }
    let endpoint = try Endpoint(text)
    guard endpoint.port != nil else { throw TransportError.badEndpoint(text) }
    guard endpoint.isLoopback else { throw TransportError.notLoopback(text) }
    return endpoint
  }
}

/// The flags of every command that asks the broker.
struct ClientOptions: ParsableArguments {
  @OptionGroup var broker: BrokerOption
  @OptionGroup var log: LogOption

  /// Lends a client of the broker, and closes it.
  func withClient<Value>(_ body: (BrokerClient) async throws -> Value) async throws -> Value {
    let endpoint = try broker.endpoint()
    let transport = try ZeroMQTransport(logger: log.logger("tessera", default: .warning))
    let client = BrokerClient(of: endpoint.description, over: transport, time: SystemTime())
    do {
      let value = try await body(client)
      await client.close()
      return value
    } catch {
      await client.close()
      throw error
    }
  }
}
