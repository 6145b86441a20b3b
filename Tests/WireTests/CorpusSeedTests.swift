import BoardAgent
import ClusterBroker
import Messages
import TestBench
import Testing
import Wire

/// The example of every message and record is what fuzzing begins with.
@Suite struct CorpusSeedTests {
  @Test func `every message`() throws {
    for (index, message) in try allExamples().enumerated() {
      let bytes = try MessageCodec.encode(Envelope(message, request: 7))
      guard bytes.count <= 4096 else { continue }
      try FuzzCorpus.offer(bytes, as: "\(index)-\(message.name)", to: "message")
    }
  }

  @Test func `every record`() throws {
    var last: BrokerRecord?
    for index in 0... {
      guard let record = try brokerExample(after: last) else { break }
      try FuzzCorpus.offer(try BrokerRecordCodec().encode(record), as: "\(index)", to: "broker-record")
      last = record
    }
    var lastOfAgent: AgentRecord?
    for index in 0... {
      guard let record = try agentExample(after: lastOfAgent) else { break }
      try FuzzCorpus.offer(try AgentRecordCodec().encode(record), as: "\(index)", to: "agent-record")
      lastOfAgent = record
    }
  }
}
