/// How whole archives get to the client, as the operator chose; the bytes are the same.
public enum ArchiveDelivery: Sendable {
    /// nginx sends the file, unless it is smaller than so many bytes: those the worker sends.
    case accel(inlineBelow: Int64)
    /// The client is sent on to a signed URL.
    case redirect(URLSigner)
}
