//! Form and check digits of VAT identification numbers, by the published rules of each country.

mod digits;
#[cfg(test)]
mod tests;

use digits::{Digits, check_digit, crossed, iso_7064, number, sum};

/// True if the number, in upper case and without separators, has the form of its country and right check digits.
pub(super) fn is_valid(text: &str) -> bool {
    let Some((prefix, body)) = text.split_at_checked(2) else { return false };
    match prefix {
        "AT" => body.strip_prefix('U').is_some_and(austria),
        "BE" => belgium(body),
        "BG" => bulgaria(body),
        "CH" => switzerland(body),
        "CY" => cyprus(body),
        "CZ" => czechia(body),
        "DE" => !body.starts_with('0') && check_digit(body, 9, |digits| Some(iso_7064(digits))),
        "DK" => !body.starts_with('0') && is_multiple(body, &[2, 7, 6, 5, 4, 3, 2, 1], 11),
        "EE" => complement(body, &[3, 7, 1, 3, 7, 1, 3, 7]),
        "EL" => check_digit(body, 9, |digits| Some(sum(digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10)),
        "ES" => spain(body),
        "FI" => is_multiple(body, &[7, 9, 10, 5, 8, 4, 2, 1], 11),
        "FR" => france(body),
        "GB" | "XI" => britain(body),
        "HR" => check_digit(body, 11, |digits| Some(iso_7064(digits))),
        "HU" => complement(body, &[9, 7, 3, 1, 9, 7, 3]),
        "IE" => ireland(body),
        "IT" => check_digit(body, 11, luhn),
        "LT" => lithuania(body),
        "LU" => number(body, 8).is_some_and(|all| all / 100 % 89 == all % 100),
        "LV" => latvia(body),
        "MT" => !body.starts_with('0') && is_multiple(body, &[3, 4, 6, 7, 8, 9, 10, 1], 37),
        "NL" => netherlands(body),
        "NO" => body.strip_suffix("MVA").is_some_and(|body| modulo_11(body, &[3, 2, 7, 6, 5, 4, 3, 2])),
        "PL" => check_digit(body, 10, |digits| Some(sum(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11)),
        "PT" => !body.starts_with('0') && check_digit(body, 9, |digits| Some(falling(digits, 9) % 10)),
        "RO" => romania(body),
        "SE" => sweden(body),
        "SI" => !body.starts_with('0') && check_digit(body, 8, slovenia),
        "SK" => number(body, 10).is_some_and(|all| all % 11 == 0),
        _ => false,
    }
}

/// The weighted sum of all digits is a multiple of the modulus.
fn is_multiple(body: &str, weights: &[u64], modulus: u64) -> bool {
    Digits::parse(body, weights.len()).is_some_and(|all| sum(&all, weights).is_multiple_of(modulus))
}

/// The last digit completes the weighted sum to a multiple of ten.
fn complement(body: &str, weights: &[u64]) -> bool {
    check_digit(body, weights.len() + 1, |digits| Some((10 - sum(digits, weights) % 10) % 10))
}

/// The last digit completes the weighted sum to a multiple of eleven; ten is no digit.
fn modulo_11(body: &str, weights: &[u64]) -> bool {
    check_digit(body, weights.len() + 1, |digits| Some((11 - sum(digits, weights) % 11) % 11))
}

/// The difference to a multiple of eleven of the sum with weights that fall to two.
fn falling(digits: &[u64], first: u64) -> u64 {
    let weights: Vec<u64> = (2..=first).rev().collect();
    (11 - sum(digits, &weights) % 11) % 11
}

/// The check digit by Luhn.
#[expect(clippy::unnecessary_wraps, reason = "a function that computes check digits")]
fn luhn(digits: &[u64]) -> Option<u64> {
    let weights: Vec<u64> = (0..digits.len()).rev().map(|at| if at % 2 == 0 { 2 } else { 1 }).collect();
    Some((10 - crossed(digits, &weights) % 10) % 10)
}

fn austria(body: &str) -> bool {
    check_digit(body, 8, |digits| Some((10 - (crossed(digits, &[1, 2, 1, 2, 1, 2, 1]) + 4) % 10) % 10))
}

fn belgium(body: &str) -> bool {
    body.starts_with(['0', '1']) && number(body, 10).is_some_and(|all| (all / 100 + all % 100) % 97 == 0)
}

fn bulgaria(body: &str) -> bool {
    let company = |digits: &[u64]| match sum(digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => Some(sum(digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10),
        digit => Some(digit),
    };
    let citizen = |digits: &[u64]| Some(sum(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10);
    let foreigner = |digits: &[u64]| Some(sum(digits, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10);
    let is_other = || modulo_11(body, &[4, 3, 2, 7, 6, 5, 4, 3, 2]);
    let is_person = check_digit(body, 10, citizen) || check_digit(body, 10, foreigner) || is_other();
    check_digit(body, 9, company) || is_person
}

fn switzerland(body: &str) -> bool {
    let digits = ["MWST", "TVA", "IVA", "TPV"].into_iter().find_map(|suffix| body.strip_suffix(suffix));
    let digits = digits.and_then(|body| body.strip_prefix('E'));
    digits.is_some_and(|digits| modulo_11(digits, &[5, 4, 3, 2, 7, 6, 5, 4]))
}

fn cyprus(body: &str) -> bool {
    const ODD: [u64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((digits, letter)) = body.split_at_checked(8) else { return false };
    let Some(all) = Digits::parse(digits, 8).filter(|_| !digits.starts_with("12")) else { return false };
    let value = |(at, digit): (usize, &u64)| {
        let odd = usize::try_from(*digit).ok().and_then(|digit| ODD.get(digit)).copied().unwrap_or_default();
        if at % 2 == 0 { odd } else { *digit }
    };
    is_letter(letter, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", all.iter().enumerate().map(value).sum::<u64>() % 26)
}

fn czechia(body: &str) -> bool {
    let company = |digits: &[u64]| Some(falling(digits, 8).max(1) % 10).filter(|_| !body.starts_with('9'));
    let special = |digits: &[u64]| {
        let rest = digits.split_first().filter(|(first, _)| **first == 6)?.1;
        let left = sum(rest, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        Some((18 - (21 - left) % 11) % 10)
    };
    // Birth numbers before 1954 have no check digit.
    let is_old = || !body.starts_with('6') && number(body, 9).is_some();
    let person = |all: u64| all.is_multiple_of(11) || (all / 10 % 11 == 10 && all.is_multiple_of(10));
    check_digit(body, 8, company) || check_digit(body, 9, special) || is_old() || number(body, 10).is_some_and(person)
}

fn spain(body: &str) -> bool {
    const PERSON: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    let Some((start, last)) = body.split_at_checked(8) else { return false };
    let Some((first, seven)) = start.split_at_checked(1) else { return false };
    let person = |text: &str, count| number(text, count).is_some_and(|all| is_letter(last, PERSON, all % 23));
    match first {
        "X" | "K" | "L" | "M" => person(seven, 7),
        "Y" => person(&format!("1{seven}"), 8),
        "Z" => person(&format!("2{seven}"), 8),
        first if first.bytes().all(|letter| letter.is_ascii_digit()) => person(start, 8),
        first if "ABCDEFGHJNPQRSUVW".contains(first) => {
            let Some(digits) = Digits::parse(seven, 7) else { return false };
            let check = (10 - crossed(&digits, &[2, 1, 2, 1, 2, 1, 2]) % 10) % 10;
            is_letter(last, "0123456789", check) || is_letter(last, "JABCDEFGHI", check)
        }
        _ => false,
    }
}

fn france(body: &str) -> bool {
    const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some((key, company)) = body.split_at_checked(2) else { return false };
    // Monaco has numbers without a company register.
    let is_company = company.starts_with("000") || check_digit(company, 9, luhn);
    let Some(all) = number(company, 9).filter(|_| is_company) else { return false };
    if let Some(key) = number(key, 2) {
        return (all * 100 + 12) % 97 == key;
    }
    let mut places = key.chars().map(|letter| LETTERS.find(letter).and_then(|at| u64::try_from(at).ok()));
    let (Some(Some(first)), Some(Some(second))) = (places.next(), places.next()) else { return false };
    let check = if first < 10 { (first * 24 + second).checked_sub(10) } else { (first * 34 + second).checked_sub(100) };
    check.is_some_and(|check| (all + 1 + check / 11) % 11 == check % 11)
}

fn britain(body: &str) -> bool {
    if let Some(department) = body.strip_prefix("GD").and_then(|rest| number(rest, 3)) {
        return department < 500;
    }
    if let Some(authority) = body.strip_prefix("HA").and_then(|rest| number(rest, 3)) {
        return authority >= 500;
    }
    // Twelve digits name a branch.
    let Some((business, branch)) = body.split_at_checked(9) else { return false };
    let is_branch = branch.is_empty() || number(branch, 3).is_some();
    let all = Digits::parse(business, 9).filter(|_| is_branch);
    all.is_some_and(|all| matches!(sum(&all, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97, 0 | 42 | 55))
}

fn ireland(body: &str) -> bool {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let is_right = |digits: &str, check: &str, second: &str| {
        let second = if second.is_empty() { Some(0) } else { LETTERS.find(second) };
        let (Some(all), Some(second)) = (Digits::parse(digits, 7), second.and_then(|at| u64::try_from(at).ok())) else {
            return false;
        };
        is_letter(check, LETTERS, (sum(&all, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23)
    };
    let Some((digits, letters)) = body.split_at_checked(7) else { return false };
    let Some((check, second)) = letters.split_at_checked(1).filter(|(_, second)| second.len() < 2) else {
        return false;
    };
    // Numbers before 2013 have a letter, `+` or `*` in the second place.
    let mut old = digits.chars();
    match (old.next(), old.next()) {
        (Some(first), Some(mark)) if !mark.is_ascii_digit() && second.is_empty() => {
            is_right(&format!("0{}{first}", old.as_str()), check, "")
        }
        _ => is_right(digits, check, second),
    }
}

fn lithuania(body: &str) -> bool {
    let check = |digits: &[u64]| {
        let weighted =
            |shift: u64| (0_u64..).zip(digits).map(|(at, digit)| (1 + (at + shift) % 9) * digit).sum::<u64>() % 11;
        // The digit before the check digit is always one.
        let digit = if weighted(0) == 10 { weighted(2) % 10 } else { weighted(0) };
        digits.last().filter(|last| **last == 1).map(|_| digit)
    };
    check_digit(body, 9, check) || check_digit(body, 12, check)
}

fn latvia(body: &str) -> bool {
    // Numbers of persons since 2017 have no check digit.
    if body.starts_with("32") {
        return number(body, 11).is_some();
    }
    if body.starts_with(['0', '1', '2', '3']) {
        let person = |digits: &[u64]| Some((1 + sum(digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10);
        return check_digit(body, 11, person);
    }
    let all = Digits::parse(body, 11);
    all.is_some_and(|all| sum(&all, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3)
}

fn netherlands(body: &str) -> bool {
    let Some((company, suffix)) = body.split_at_checked(9) else { return false };
    let suffix = suffix.strip_prefix('B').and_then(|rest| number(rest, 2)).filter(|suffix| *suffix > 0);
    let (Some(all), Some(suffix)) = (number(company, 9), suffix) else { return false };
    let is_company = check_digit(company, 9, |digits| Some(sum(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11));
    // Sole traders: modulo 97 of all characters, with N as 23, L as 21 and B as 11.
    is_company || ((2_321_000_000_000 + all) * 10_000 + 1_100 + suffix) % 97 == 1
}

fn romania(body: &str) -> bool {
    let padded = format!("{body:0>10}");
    let check = |digits: &[u64]| Some(sum(digits, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10);
    body.len() > 1 && !body.starts_with('0') && check_digit(&padded, 10, check)
}

fn sweden(body: &str) -> bool {
    let Some((company, branch)) = body.split_at_checked(10) else { return false };
    check_digit(company, 10, luhn) && number(branch, 2).is_some_and(|branch| (1..=94).contains(&branch))
}

fn slovenia(digits: &[u64]) -> Option<u64> {
    match sum(digits, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
        0 => None,
        rest => Some((11 - rest) % 10),
    }
}

/// True if the text is the letter at a place.
fn is_letter(text: &str, letters: &str, at: u64) -> bool {
    let letter = usize::try_from(at).ok().and_then(|at| letters.get(at..=at));
    letter.is_some_and(|letter| letter == text)
}
