// SPDX-License-Identifier: Apache-2.0
@testable import MaestroCLI
import Testing

@Suite struct `The address of a store` {
    @Test(arguments: [
        (nil, StoreAddress.embedded), ("sqlite:", .embedded), ("postgres:///a", .postgres("postgres:///a")),
        ("PostgreSQL://h/a", .postgres("PostgreSQL://h/a")),
    ])
    func `is read by its scheme`(_ url: String?, _ address: StoreAddress) throws {
        #expect(try StoreAddress(url) == address)
    }

    @Test(arguments: ["mysql://ada:hunter2@h/a", "hunter2"])
    func `is refused without being repeated`(_ url: String) {
        let failure = #expect(throws: Failure.self) { try StoreAddress(url) }
        #expect(failure?.message.contains("hunter2") == false)
    }
}
