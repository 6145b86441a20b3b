/// Values by key, in some dictionaries that grow at different times: one of a million entries takes most of a second to
/// move into a larger one.
///
/// More of them would grow so often that it shows at the 99th percentile.
struct ShardedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private static var shardCount: Int { 128 }

  private var shards = [[Key: Value]](repeating: [:], count: shardCount)

  subscript(key: Key) -> Value? {
    get { shards[Self.shard(of: key)][key] }
    _modify { yield &shards[Self.shard(of: key)][key] }
  }

  private static func shard(of key: Key) -> Int {
    Int(truncatingIfNeeded: UInt(bitPattern: key.hashValue) % UInt(shardCount))
  }
}

extension ShardedTable: Equatable where Value: Equatable {}
