//! The allocator. Batches are parsed on many threads and freed on others, which the system's allocator answers with memory that
//! it never gives back.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc 2: for how many milliseconds freed memory is kept from the system.
const PURGE_DELAY: i32 = 15;

/// Gives freed memory back to the system at once. A server that takes much in holds a third less so; a command that ends soon
/// would only pay for it.
pub fn give_back_at_once() {
    // SAFETY: sets a number that the allocator reads when it frees; any number is allowed, at any time, from any thread.
    #[allow(unsafe_code, reason = "the allocator has no other door")]
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, 0);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[allow(unsafe_code, reason = "the allocator has no other door")]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: reads a number.
        let read = || unsafe { libmimalloc_sys::mi_option_get(super::PURGE_DELAY) };
        assert_eq!(read(), 10, "the delay that mimalloc 2 documents");
        super::give_back_at_once();
        assert_eq!(read(), 0);
    }
}
