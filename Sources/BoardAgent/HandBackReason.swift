internal import Fabric

/// Why an agent gives a job up or declines it.
enum HandBackReason {
  static func noImage(_ application: String) -> Refusal {
    Refusal(
      code: "agent.noImage", message: "this board has no images for every task of '\(application)'",
      hint: "build the images and give the agent their folder")
  }
  static func tooManyJobs() -> Refusal {
    Refusal(
      code: "agent.tooManyJobs", message: "this board holds its limit of \(Limits.jobsPerBoard) jobs",
      hint: "wait until a job ends")
  }
  static func stranded() -> Refusal {
    Refusal(
      code: "agent.noSlotLeft", message: "every slot that the job could use is quarantined",
      hint: "reset the board's slots, or run the job on another board")
  }
  static func lost(_ execution: JobEpoch) -> Refusal {
    Refusal(
      code: "agent.executionLost",
      message: "the agent took job \(execution.job) under epoch \(execution.epoch) and no longer has it",
      hint: "nothing is to be done: the broker gives the job out again")
  }
}
