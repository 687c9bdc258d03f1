import AsyncHTTPClient
package let placeholder2 = 0
