/// What a slot is doing, as told to people.
public enum SlotActivity: String, Sendable, Hashable, Codable { case empty, configuring, ready, running, quarantined }
