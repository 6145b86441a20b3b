import Fabric
import Testing
@Test func probe() {
  let clock = ContinuousClock()
  let key = String(repeating: "k", count: 100_000)
  for t in ["{\"\(key)\":[" + String(repeating: "1,", count: 70_000) + "1]}", "{\"schema\":1,\"tasks\":[" + String(repeating: "[],", count: 80_000) + "1]}",
    "{" + (0..<20000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}", "\"" + String(repeating: "\\u00e9", count: 40000) + "\""] {
    print(clock.measure { print(fault(of: Array(t.utf8), as: Application.self)!.description.prefix(100)) })
  }
}
