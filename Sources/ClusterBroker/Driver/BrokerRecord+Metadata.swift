internal import Fabric
internal import Logging

extension BrokerRecord {
  /// What a log says of the record.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["job": "\(job)"]
    switch self {
    case .submitted(_, _, let request):
      metadata["decision"] = "submitted"
      metadata["application"] = "\(request.application.name)"
      metadata["items"] = "\(request.inputs.count)"
    case .owned(_, let ownership):
      metadata["decision"] = "owned"
      metadata["board"] = "\(ownership.board)"
      metadata["epoch"] = "\(ownership.epoch)"
    case .stopping(_, let epoch, let destination):
      metadata["decision"] = "stopping"
      metadata["epoch"] = "\(epoch)"
      metadata["destination"] = "\(destination.board)"
    case .committed(_, let epoch, let item, _):
      metadata["decision"] = "committed"
      metadata["epoch"] = "\(epoch)"
      metadata["item"] = "\(item)"
    case .requeued(_, let epoch, let cause):
      metadata["decision"] = "requeued"
      metadata["epoch"] = "\(epoch)"
      metadata["cause"] = "\(cause)"
    case .ended(_, let end):
      metadata["decision"] = "ended"
      metadata["end"] = "\(end)"
    case .forgotten: metadata["decision"] = "forgotten"
    }
    return metadata
  }
}
