package api

import "bangfu/models"

// The words of the registry: units, cadres, indicators and enterprise codes.

var unitKindTexts = map[models.UnitKind]string{
	models.UnitCity: "市", models.UnitDistrict: "区县", models.UnitZone: "功能区", models.UnitDepartment: "市级部门",
	models.UnitGovernment: "人民政府或管委会", models.UnitOrganization: "组织部门", models.UnitScience: "科技部门",
	models.UnitOffice: "其他单位", models.UnitGroup: "单位组",
}

var rankTexts = map[models.Rank]string{
	models.RankDivisionDeputy: "副处级", models.RankDivision: "正处级",
	models.RankBureauDeputy: "副局级", models.RankBureau: "正局级",
}

var periodTexts = map[models.Period]string{
	models.PeriodTotal: "三年累计", models.PeriodAnnual: "每年", models.PeriodQuarterly: "每季度",
	models.PeriodMonthly: "每月", models.PeriodStock: "期末存量",
}

var qualifierTexts = map[models.Qualifier]string{
	models.TargetExact: "达到", models.TargetAtLeast: "不少于", models.TargetAbout: "左右", models.TargetCadence: "只定频次",
}

var enterpriseCodeTexts = map[models.EnterpriseCode]string{
	models.CodeOrganization: "组织机构代码", models.CodeUnified: "统一社会信用代码", models.CodeRegistration: "注册号",
}

var codeFaultTexts = map[models.CodeFault]string{
	models.FaultMissing:     "没有填写{code}。",
	models.FaultLength:      "{code}应为 {expected} 位。",
	models.FaultCharacter:   "{code}第 {position} 位的字符不在规定的字符集内。",
	models.FaultCheckDigit:  "{code}的校验位不符，应为 {expected}。请核对是否录错；确与证照一致的，可由两人核准。",
	models.FaultSelfDefined: "{code}是自编代码（PDY 开头），不能用于申报。",
	models.FaultCategory:    "{code}的前两位表明登记对象不是企业。",
	models.FaultRegion:      "{code}第 3 至 8 位不是行政区划代码。",
	models.FaultEmbedded:    "{code}第 9 至 17 位的组织机构代码校验不符。",
	models.FaultDisagree:    "{code}与另一代码不属于同一企业，应为 {expected}。",
}
