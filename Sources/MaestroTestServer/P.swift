// placeholder
package let placeholder = 0
