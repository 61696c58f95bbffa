/// The key `job_token_scope`: which projects' job tokens come in, and where the own may go.
struct JobTokenScopeEntry {
    let isInboundEnabled: Bool?
    let inbound: [AllowlistEntry]?
    let isOutboundEnabled: Bool?
    let outbound: [AllowlistEntry]?

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        isInboundEnabled = fields.value("inbound_enabled") { $0.boolean() }
        inbound = fields.list("inbound_allowlist") { AllowlistEntry(reading: $0, direction: .inbound) }
        isOutboundEnabled = fields.value("outbound_enabled") { $0.boolean() }
        outbound = fields.list("outbound_allowlist") { AllowlistEntry(reading: $0, direction: .outbound) }
        fields.finish()
    }
}
