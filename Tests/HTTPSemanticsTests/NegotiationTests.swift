import HTTPSemantics
import Testing

@Suite("Accept-Encoding")
struct AcceptEncodingTests {
    @Test(
        "gzip is sent to who wants it",
        arguments: [
            "gzip", "GZIP", "x-gzip", "gzip, deflate, br", "deflate, gzip;q=1.0, *;q=0.5", "gzip;q=0.001",
            "gzip ; q=0.5", "gzip;Q=1",
            "*", "*;q=0.1", "deflate, *", "identity;q=0.5, gzip", "gzip;q=1.000", "identity;q=0, *", " , gzip",
            "gzip, identity",
        ]
    )
    func wanted(header: String) {
        #expect(AcceptEncoding.acceptsGzip(header))
    }

    @Test(
        "gzip is not sent to who does not want it, or wants it less than none",
        arguments: [
            "", "identity", "deflate", "br, deflate", "gzip;q=0", "gzip;q=0.0", "gzip;q=0.000", "gzip;q=0, *", "*;q=0",
            "gzipped", "xgzip",
            "gzip;q=abc", "gzip;q=", "gzip;q", "gzip;", "gzip;q=2", "gzip;q=-1", "gzip;level=9", "identity, gzip;q=0.5",
            "gzip;q=0, x-gzip",
            "gzip deflate",
        ]
    )
    func unwanted(header: String) {
        #expect(!AcceptEncoding.acceptsGzip(header))
    }

    @Test("without the field the content is sent as it is")
    func absent() {
        #expect(!AcceptEncoding.acceptsGzip(nil))
    }
}

@Suite("Authorization")
struct AuthorizationHeaderTests {
    @Test(
        "a Bearer token is found, whatever the case of the scheme",
        arguments: [
            ("Bearer glpat-abc", "glpat-abc"), ("bearer x", "x"), ("BEARER   x", "x"), ("Bearer\tx", "x"),
            (" Bearer x \t", "x"),
            ("Bearer a b", "a b"), ("Bearer ü=", "ü="), ("Bearer Bearer", "Bearer"),
        ]
    )
    func found(header: String, token: String) {
        #expect(AuthorizationHeader.bearerToken(header) == token)
    }

    @Test(
        "other schemes and empty tokens are no Bearer token",
        arguments: [
            nil, "", "Bearer", "Bearer ", "Bearer \t ", "Basic dTpw", "Bearerx", "BearerToken x", "Digest Bearer x",
            "x", ":Bearer x",
        ]
    )
    func none(header: String?) {
        #expect(AuthorizationHeader.bearerToken(header) == nil)
    }
}
