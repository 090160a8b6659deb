//! Published tables, asked for as an analyst would.

use super::*;

#[test]
fn cdnow_by_every_purchase_model() {
    let desk = Desk::new();
    let file = cdnow();
    type Fit<'a> = (&'a str, &'a [(&'a str, f64)], f64);
    let table: [Fit<'_>; 4] = [
        ("nbd", &[("r", 0.384766), ("alpha", 12.072022)], -9763.6576),
        (
            "bg-nbd",
            &[("r", 0.242594), ("alpha", 4.413602), ("a", 0.792921), ("b", 2.425900)],
            -9582.4292,
        ),
        (
            "mbg-nbd",
            &[("r", 0.524843), ("alpha", 6.183086), ("a", 0.891359), ("b", 1.614002)],
            -9582.1357,
        ),
        (
            "pareto-nbd",
            &[
                ("r", 0.553277),
                ("alpha", 10.57768),
                ("s", 0.606240),
                ("beta", 11.66874),
            ],
            -9594.9762,
        ),
    ];
    for (model, wanted, whole) in table {
        let found = desk.json(model, &file, &[]);
        assert_eq!((&found["model"], &found["n"]), (&model.into(), &2357.into()));
        parameters(&found, wanted);
        assert!((number(&found["log_likelihood"]) - whole).abs() < 0.002, "{model}");
        for (name, _) in wanted {
            let range = &found["parameters"][name];
            assert!(
                number(&range["low"]) < number(&range["value"]) && number(&range["value"]) < number(&range["high"])
            );
        }
        assert!(found["warnings"].as_array().unwrap().is_empty() && found.get("rows").is_none());
    }
}

/// models.md §1.4: exact evaluation at fixed parameters, t = 39.
#[test]
fn five_histories_at_given_parameters() {
    const FILE: &str =
        "who,x,t_x,T\nann,0,0,38.86\nbob,1,1.71,38.86\ncid,2,30.43,38.86\ndee,7,29.43,38.86\neve,26,30.86,31\n";
    type Values<'a> = (&'a str, &'a str, [f64; 5], [f64; 5], f64);
    let table: [Values<'_>; 3] = [
        (
            "bg-nbd",
            "r=.243,alpha=4.414,a=.793,b=2.426",
            [1.0, 0.21210099, 0.72657857, 0.64175635, 0.96891565],
            [0.19509805, 0.20318699, 1.22602817, 3.33705327, 20.74972614],
            -0.55471328 - 4.46909328 - 9.45860631 - 21.86327627 - 37.72657947,
        ),
        (
            "mbg-nbd",
            "r=.525,alpha=6.183,a=.891,b=1.614",
            [0.38973508, 0.17083648, 0.70620227, 0.62272381, 0.96556614],
            [0.15401275, 0.18883654, 1.26296062, 3.16757243, 19.45072265],
            -0.53983746 - 4.46036061 - 9.48555131 - 21.77652225 - 38.32212695,
        ),
        (
            "pareto-nbd",
            "r=.5534,alpha=10.5802,s=.6061,beta=11.6562",
            [0.29496149, 0.16779527, 0.86911064, 0.74940860, 0.99791777],
            [0.10702895, 0.17090698, 1.45509284, 3.71157242, 20.11456037],
            -0.52112920 - 4.44946706 - 9.55451069 - 21.59454465 - 39.13212788,
        ),
    ];
    let desk = Desk::new();
    for (model, at, alive, expected, whole) in table {
        let found = desk.json(model, FILE, &["--at", at, "--horizon", "39"]);
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(
            (rows.len(), &rows[1]["who"], &rows[1]["x"]),
            (5, &"bob".into(), &1.into())
        );
        for (index, row) in rows.iter().enumerate() {
            near(&row["p_alive"], alive[index], 1e-7);
            near(&row["expected"], expected[index], 1e-7);
        }
        near(&found["log_likelihood"], whole, 1e-8);
        assert!(found["parameters"]["r"]["low"].is_null());
    }
    let found = desk.json(
        "mbg-cnbd-k",
        FILE,
        &["--at", "r=.525,alpha=6.183,a=.891,b=1.614,k=1", "--horizon", "39"],
    );
    near(&found["rows"][3]["expected"], 3.16757243, 1e-6);
}

#[test]
fn donations_and_spend() {
    let desk = Desk::new();
    let donations = kept("donations.csv").replacen(kept("donations.csv").lines().next().unwrap(), "x,t_x,n,weight", 1);
    let found = desk.json("bg-bb", &donations, &["--horizon", "5"]);
    parameters(
        &found,
        &[
            ("alpha", 1.203522),
            ("beta", 0.749716),
            ("gamma", 0.656718),
            ("delta", 2.783443),
        ],
    );
    assert_eq!(found["n"], 11_104);
    assert!((number(&found["log_likelihood"]) + 33225.5813).abs() < 0.002);
    let rows = found["rows"].as_array().unwrap();
    let total: f64 = rows
        .iter()
        .map(|row| number(&row["weight"]) * number(&row["expected"]))
        .sum();
    assert!((total - 12884.16).abs() < 0.5, "{total}");
    let found = desk.json(
        "bg-bb",
        "x,t_x,n\n0,0,6\n2,4,6\n6,6,6\n",
        &["--at", "alpha=1.204,beta=.750,gamma=.657,delta=2.783", "--horizon", "5"],
    );
    for (row, (alive, expected)) in [
        (0.10801658, 0.07280288),
        (0.58951412, 1.05734894),
        (0.93040254, 3.75211561),
    ]
    .into_iter()
    .enumerate()
    {
        near(&found["rows"][row]["p_alive"], alive, 1e-7);
        near(&found["rows"][row]["expected"], expected, 1e-7);
    }

    let mut spend = "x,m\n".to_owned();
    for line in kept("cdnow.csv").lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        writeln!(
            spend,
            "{},{}",
            cells[0],
            if cells[0] > 0.0 {
                cells[3] / 100.0 / cells[0]
            } else {
                0.0
            }
        )
        .unwrap();
    }
    let found = desk.json("gamma-gamma", &spend, &[]);
    parameters(&found, &[("p", 6.249572), ("q", 3.744225), ("v", 15.443522)]);
    assert_eq!((found["n"].as_u64(), codes(&found)), (Some(946), vec!["left_out"]));
    assert!((number(&found["log_likelihood"]) + 4055.91769).abs() < 0.002);
    let four = "x,m\n1,11.77\n2,22.35\n2,40\n7,73.74\n0,0\n";
    let found = desk.json("gamma-gamma", four, &["--at", "p=6.25,q=3.74,v=15.44"]);
    for (row, wanted) in [18.91685, 24.66371, 39.14042, 71.46967, 35.21898]
        .into_iter()
        .enumerate()
    {
        near(&found["rows"][row]["expected"], wanted, 1e-6);
    }
}

#[test]
fn contracts_of_fader_and_hardie() {
    let desk = Desk::new();
    let regular = "t,survivors\n0,1000\n1,631\n2,468\n3,382\n4,326\n5,289\n6,262\n7,241\n";
    let found = desk.json("sbg", regular, &["--horizon", "12"]);
    parameters(&found, &[("alpha", 0.704077), ("beta", 1.182043)]);
    let last = found["curve"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["t"], &last["at_risk"]), (&12.0.into(), &Value::Null));
    assert!((number(&last["value"]) - 0.1700).abs() < 5e-5);
    let found = desk.json("bdw", regular, &["--horizon", "12"]);
    parameters(&found, &[("alpha", 0.455614), ("beta", 0.779326), ("c", 1.283451)]);
    assert!((number(&found["curve"][12]["value"]) - 0.1773).abs() < 5e-5);
    let given = desk.json("sbg", regular, &["--at", "alpha=.704077,beta=1.182043"]);
    assert!((number(&given["log_likelihood"]) + 1680.2652).abs() < 1e-3);
}

#[test]
fn waltons_by_curve_test_and_weibull() {
    let desk = Desk::new();
    let text = kept("waltons_dataset.csv");
    let file = text.replacen(text.lines().next().unwrap(), "Time,Event,Group", 1);
    let found = desk.json("kaplan-meier", &file, &["--level", "0.95"]);
    let curve = found["curve"].as_array().unwrap();
    let everybody: Vec<&Value> = curve.iter().filter(|point| point["group"].is_null()).collect();
    for (t, wanted) in [
        (6.0, 0.993865),
        (7.0, 0.987730),
        (9.0, 0.969210),
        (13.0, 0.950690),
        (33.0, 0.802531),
    ] {
        let point = everybody.iter().find(|point| point["t"] == t).unwrap();
        assert!((number(&point["value"]) - wanted).abs() < 1e-6);
        assert!(number(&point["low"]) < wanted && wanted < number(&point["high"]));
    }
    let groups = found["comparison"]["groups"].as_array().unwrap();
    let medians: Vec<f64> = groups.iter().map(|group| number(&group["median"])).collect();
    assert_eq!(medians, [56.0, 58.0, 26.0]);
    near(&found["comparison"]["chi_squared"], 122.2491, 1e-5);
    let found = desk.json("weibull", &file, &[]);
    parameters(&found, &[("lambda", 55.7331), ("rho", 3.45051)]);
    near(&found["log_likelihood"], -672.0622, 1e-6);
}

#[test]
fn e1684_has_cured_patients() {
    let Some(text) = shared("survival/e1684.csv") else {
        return;
    };
    let mut file = "time,event\n".to_owned();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        writeln!(file, "{},{}", cells[1], cells[2]).unwrap();
    }
    let found = Desk::new().json("weibull-cure", &file, &[]);
    parameters(&found, &[("lambda", 1.076575), ("rho", 0.913239), ("cured", 0.299015)]);
    near(&found["log_likelihood"], -381.39628, 1e-6);
    let at = ["--at", "lambda=1.076575,rho=0.913239,cured=0.299015"];
    near(
        &Desk::new().json("weibull-cure", &file, &at)["log_likelihood"],
        -381.39628,
        1e-7,
    );
}

#[test]
fn pathdata_by_all_eight_methods() {
    let Some(text) = shared("pathdata/pathdata.csv") else {
        return;
    };
    let file = text.replacen(text.lines().next().unwrap(), "path,conversions,value,nulls", 1);
    let found = Desk::new().json("attribution", &file, &[]);
    let credit = |channel: &str, method: &str| {
        let credits = found["credits"].as_array().unwrap();
        let wanted = |credit: &&Value| credit["channel"] == channel && credit["method"] == method;
        credits.iter().find(wanted).unwrap()["conversions"].clone()
    };
    let eta = [
        ("first", 3164.0),
        ("last", 4167.0),
        ("linear", 3539.9512),
        ("position", 3618.7961),
        ("time_decay", 3796.2519),
        ("shapley", 3613.6560),
        ("markov", 3340.8474),
    ];
    for (method, wanted) in eta {
        near(&credit("eta", method), wanted, 1e-7);
    }
    near(&credit("alpha", "markov"), 5344.9477, 1e-7);
    assert!(number(&credit("eta", "influenced")) > 4167.0);
    assert_eq!(found["n"], 19_785 + 68_602);
    let value: f64 = found["credits"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|credit| credit["method"] == "shapley")
        .map(|credit| number(&credit["value"]))
        .sum();
    assert!((value - 74_802.97).abs() < 0.01);
}

#[test]
fn causal_impact_example() {
    let desk = Desk::new();
    let mut file = "day,value,x1\n".to_owned();
    for (index, line) in kept("causalimpact_example.csv").lines().skip(1).enumerate() {
        writeln!(file, "{},{line}", index + 1).unwrap();
    }
    let found = desk.json("impact", &file, &["--start", "71"]);
    let effect = &found["effect"];
    assert!((number(&effect["value"]) - 10.51).abs() < 0.15, "{effect}");
    assert!(
        number(&effect["low"]) > 9.0 && number(&effect["high"]) < 12.0,
        "{effect}"
    );
    assert_eq!(effect["verdict"], "translated");
    assert_eq!(desk.run("impact", &file, &[]).code, 2);
    assert_eq!(desk.run("impact", &file, &["--start", "400"]).code, 2);
    let young = desk.json("impact", &file, &["--start", "90"]);
    assert_eq!(
        (&young["effect"]["verdict"], codes(&young)),
        (&"too_early".into(), vec!["too_early"])
    );
}

#[test]
fn peyton_mannings_page() {
    let Some(text) = shared("wikipedia-pageviews/wp_log_peyton_manning.csv") else {
        return;
    };
    let mut file = "day,value\n".to_owned();
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.reverse();
    for line in lines {
        let (day, log) = line.split_once(',').unwrap();
        writeln!(
            file,
            "{},{}",
            day.trim_matches('"'),
            log.parse::<f64>().unwrap().exp().round()
        )
        .unwrap();
    }
    let found = Desk::new().json("spikes", &file, &[]);
    let episodes = found["episodes"].as_array().unwrap();
    assert_eq!(episodes.len(), 121);
    let strongest = episodes
        .iter()
        .find(|episode| episode["start"] == "2015-11-30")
        .unwrap();
    assert_eq!(
        (&strongest["end"], &strongest["peak_day"], &strongest["peak"]),
        (&"2015-12-02".into(), &"2015-11-30".into(), &189_032.0.into())
    );
    assert!((number(&strongest["z"]) - 19.05).abs() < 0.005 && (number(&strongest["base"]) - 4538.5).abs() < 0.05);
    assert_eq!(strongest["shape"], "passed_on");
}

#[test]
fn batting_of_efron_and_morris() {
    let desk = Desk::new();
    let mut file = "name,k,n\n".to_owned();
    for (index, hits) in [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]
        .into_iter()
        .enumerate()
    {
        writeln!(file, "batter {index},{hits},45").unwrap();
    }
    let found = desk.json("beta-binomial", &file, &[]);
    parameters(&found, &[("a", 210.558), ("b", 582.705)]);
    near(&found["rows"][0]["expected"], 0.27266, 2e-5);
    let chances: f64 = found["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| number(&row["p_first"]))
        .sum();
    assert!((chances - 1.0).abs() < 1e-9);
    let found = desk.json(
        "gamma-poisson",
        "name,k,exposure\na,3,10\nb,0,2.5\nc,9,20\n",
        &["--at", "a=2,b=5"],
    );
    near(&found["rows"][2]["expected"], 11.0 / 25.0, 1e-12);
    near(&found["rows"][1]["expected"], 2.0 / 7.5, 1e-12);
}
