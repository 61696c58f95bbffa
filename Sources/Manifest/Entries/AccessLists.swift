/// The lists that groups and projects have in common; each is complete where it is present.
struct AccessLists {
    let members: [MemberEntry]?
    let invitedGroups: [InvitedGroupEntry]?
    let accessTokens: [AccessTokenEntry]?

    init(reading fields: Fields) {
        members = fields.list("members") { MemberEntry(reading: $0) }
        invitedGroups = fields.list("invited_groups") { InvitedGroupEntry(reading: $0) }
        accessTokens = fields.list("access_tokens") { AccessTokenEntry(reading: $0, ofBot: true) }
    }
}
