import GRDB
package let placeholder3 = 0
